/// The state of a Kalman filter of offset and rate at one instant, in ns and ns a second above a
/// line.
struct DriftState: Hashable, Sendable {
    var offset: Double
    var rate: Double
    /// Covariances of offset and rate.
    var offsetVariance: Double
    var covariance: Double
    var rateVariance: Double

    /// A rate by which two clocks may part, ns a second: one standard deviation of an unknown one.
    static let anyRate = 6e5

    /// Before any measurement: some offset near `offset`, and any rate two clocks may part by.
    static func unknown(near offset: Double) -> DriftState {
        DriftState(
            offset: offset, rate: 0, offsetVariance: 1e16, covariance: 0,
            rateVariance: anyRate * anyRate)
    }

    /// The state `seconds` later (earlier, if negative), the rate having taken a random walk of
    /// density `noise` (ns/s)^2 a second.
    func advanced(by seconds: Double, noise: Double) -> DriftState {
        let span = seconds.magnitude
        return DriftState(
            offset: offset + rate * seconds, rate: rate,
            offsetVariance: offsetVariance + seconds * (2 * covariance + seconds * rateVariance)
                + noise * span * span * span / 3,
            covariance: covariance + seconds * rateVariance + noise * seconds * span / 2,
            rateVariance: rateVariance + noise * span)
    }

    /// The state when the rate changed to any other within `seconds`.
    func bent(within seconds: Double) -> DriftState {
        var bent = DriftState.unknown(near: offset)
        bent.offsetVariance = offsetVariance + bent.rateVariance * seconds * seconds / 12
        return bent
    }

    /// Takes in a measurement of the offset.
    mutating func measure(_ value: Double, variance: Double) {
        let total = offsetVariance + variance
        let innovation = value - offset
        offset += offsetVariance / total * innovation
        rate += covariance / total * innovation
        rateVariance -= covariance * covariance / total
        covariance *= variance / total
        offsetVariance *= variance / total
    }

    /// The state that two independent states of one instant give together.
    func combined(with other: DriftState) -> DriftState {
        let (a, b, c) = (
            offsetVariance + other.offsetVariance, covariance + other.covariance,
            rateVariance + other.rateVariance
        )
        let determinant = a * c - b * b
        guard determinant > 0 else { return self }
        // The gain P (P + Q)^-1 of the fusion of two estimates; what remains is P (P + Q)^-1 Q.
        let k00 = (offsetVariance * c - covariance * b) / determinant
        let k01 = (covariance * a - offsetVariance * b) / determinant
        let k10 = (covariance * c - rateVariance * b) / determinant
        let k11 = (rateVariance * a - covariance * b) / determinant
        let offsets = other.offset - offset
        let rates = other.rate - rate
        return DriftState(
            offset: offset + k00 * offsets + k01 * rates, rate: rate + k10 * offsets + k11 * rates,
            offsetVariance: k00 * other.offsetVariance + k01 * other.covariance,
            covariance: k00 * other.covariance + k01 * other.rateVariance,
            rateVariance: k10 * other.covariance + k11 * other.rateVariance)
    }

    /// The squared distance of two independent states of one instant, in standard deviations: chi
    /// square with two degrees of freedom where they speak of the same drift.
    func distance(to other: DriftState) -> Double {
        let (a, b, c) = (
            offsetVariance + other.offsetVariance, covariance + other.covariance,
            rateVariance + other.rateVariance
        )
        let determinant = a * c - b * b
        guard determinant > 0 else { return 0 }
        let x = other.offset - offset
        let y = other.rate - rate
        return (c * x * x - 2 * b * x * y + a * y * y) / determinant
    }
}
