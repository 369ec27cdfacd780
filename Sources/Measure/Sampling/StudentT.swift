import Glibc

/// Student's t and the tail of F with two degrees of freedom: what intervals and tests stand on.
package enum StudentT {
    /// The 97.5 % point of t, for two-sided intervals of 95 %: a table up to 30 degrees of freedom,
    /// above it the Cornish-Fisher expansion in the normal's point.
    ///
    /// - Parameter dof: Degrees of freedom, at least 1.
    package static func point(dof: Int) -> Double {
        precondition(dof >= 1, "an interval has a degree of freedom")
        if dof <= table.count { return table[dof - 1] }
        let z = 1.959964
        let nu = Double(dof)
        return z + (pow(z, 3) + z) / (4 * nu)
            + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / (96 * nu * nu)
    }

    /// P(F(2, dof) > x), from 0 to 1; `x` is at least 0 and may be infinite.
    static func tail(ofF x: Double, dof: Int) -> Double {
        pow(1 + 2 * x / Double(dof), -Double(dof) / 2)
    }

    private static let table = [
        12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010,
        2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739,
        2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
    ]
}
