/// Integer arithmetic on stamps that a peer chose: never traps, saturates instead.
extension Int64 {
    /// The quotient rounded towards negative infinity.
    func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    func clampedSum(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    func clampedDifference(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }

    /// The nearest integer that can be added to without trapping; 0 for not a number.
    init(clamped value: Double) {
        let limit = Double(Int64.max / 4)
        self = value.isNaN ? 0 : Int64(Swift.min(Swift.max(value, -limit), limit))
    }
}
