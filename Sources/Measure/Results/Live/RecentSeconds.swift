/// Amounts by the second they belong to, for the last ``kept`` seconds.
struct RecentSeconds: Sendable {
    /// How many seconds are kept.
    static let kept = 64

    private var amounts = Array(repeating: 0.0, count: kept)
    /// Which second each element holds.
    private var seconds = Array(repeating: Int64.min, count: kept)

    /// Adds `amount` to a second; one that is older than what its element holds is forgotten.
    mutating func add(_ amount: Double, second: Int64) {
        let index = Int(((second % Int64(Self.kept)) + Int64(Self.kept)) % Int64(Self.kept))
        if seconds[index] < second {
            seconds[index] = second
            amounts[index] = 0
        }
        if seconds[index] == second { amounts[index] += amount }
    }

    /// The amounts of the `count` seconds before `second`, the oldest first.
    func last(_ count: Int, before second: Int64) -> [Double] {
        precondition(count < Self.kept, "only the last \(Self.kept) seconds are kept")
        return (1...Int64(count)).reversed().map { back in
            let wanted = second - back
            let index = Int(((wanted % Int64(Self.kept)) + Int64(Self.kept)) % Int64(Self.kept))
            return seconds[index] == wanted ? amounts[index] : 0
        }
    }
}
