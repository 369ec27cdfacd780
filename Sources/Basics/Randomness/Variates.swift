// The C library's elementary functions: the plan is made once, on the coordinator, so that their
// last digit can differ between hosts without two agents disagreeing.
import Glibc

extension RandomNumberGenerator {
    /// A uniform variate in the open interval (0, 1), from 52 bits.
    @inlinable
    public mutating func nextUnit() -> Double {
        (Double(next() >> 12) + 0.5) * 0x1p-52
    }

    /// An exponential variate with mean 1.
    public mutating func nextExponential() -> Double {
        -log(nextUnit())
    }

    /// A standard normal variate (Box and Muller, 1958; the second of the pair is not kept, so that
    /// every draw takes two words).
    public mutating func nextNormal() -> Double {
        let radius = (-2 * log(nextUnit())).squareRoot()
        return radius * cos(2 * Double.pi * nextUnit())
    }

    /// A gamma variate of `shape` > 0 and scale 1 (Marsaglia and Tsang, ACM TOMS 26(3), 2000; below
    /// shape 1 by their boost U^(1/shape)). Its mean is `shape`, its CV shape^-1/2.
    public mutating func nextGamma(shape: Double) -> Double {
        precondition(shape > 0 && shape.isFinite, "a gamma variate needs a positive, finite shape")
        if shape == 1 { return nextExponential() }
        if shape < 1 {
            let boost = pow(nextUnit(), 1 / shape)
            return nextGamma(shape: shape + 1) * boost
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = nextNormal()
            let root = 1 + c * x
            guard root > 0 else { continue }
            let v = root * root * root
            // Accepts at least 95 % of the pairs at any shape of 1 or more.
            if log(nextUnit()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
        }
    }
}
