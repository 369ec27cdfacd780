import Glibc

/// How far the stamps of some streams are from the instants at which their tokens were sent.
struct StampErrors {
    /// |stamp - sent| of every token, ns.
    private(set) var stamps: [Int64] = []
    /// |stamp - sent| of every stream's first token, ns.
    private(set) var firsts: [Int64] = []
    /// |gap measured - gap sent| between neighbours of a stream, ns.
    private(set) var gaps: [Int64] = []
    private(set) var measuredGaps: [Int64] = []
    private(set) var sentGaps: [Int64] = []
    /// Tokens that were stamped before they were sent, which cannot be.
    private(set) var tooEarly = 0

    /// Adds a stream: the stamp of each token beside the instant just before its send, in ns of one
    /// clock.
    mutating func add<Times: RandomAccessCollection<Int64>>(stamps: Times, sent: Times) {
        precondition(stamps.count == sent.count, "every stamp has the instant of its send")
        var before: (stamp: Int64, sent: Int64)?
        for (stamp, sent) in zip(stamps, sent) {
            let error = stamp - sent
            self.stamps.append(abs(error))
            if error < 0 { tooEarly += 1 }
            if let before {
                measuredGaps.append(stamp - before.stamp)
                sentGaps.append(sent - before.sent)
                gaps.append(abs(stamp - before.stamp - (sent - before.sent)))
            } else {
                firsts.append(abs(error))
            }
            before = (stamp, sent)
        }
    }

    /// Adds the errors of other streams.
    mutating func add(_ other: StampErrors) {
        stamps += other.stamps
        firsts += other.firsts
        gaps += other.gaps
        measuredGaps += other.measuredGaps
        sentGaps += other.sentGaps
        tooEarly += other.tooEarly
    }

    /// The rows of these errors; `floor` holds another receiver's errors of the same streams.
    func rows(_ name: String, floor: StampErrors? = nil, joinedShare: Double?) -> [BenchRow] {
        var rows = Self.rows(
            "\(name), |stamp - sent|", stamps, floor?.stamps,
            [("p50", 0.5, 5), ("p99", 0.99, 40), ("max", 1, nil)])
        rows.append(
            BenchRow(
                benchmark: .fidelity, name: "\(name), stamped before sent", value: Double(tooEarly),
                unit: "tokens", goal: .atMost(0)))
        rows += Self.rows(
            "\(name), |TTFT error|", firsts, floor?.firsts, [("p50", 0.5, nil), ("p99", 0.99, nil)])
        rows += Self.rows(
            "\(name), |gap error|", gaps, floor?.gaps,
            [("p50", 0.5, nil), ("p99", 0.99, nil), ("max", 1, nil)])
        if let measured = Self.quantile(0.99, measuredGaps),
            let sent = Self.quantile(0.99, sentGaps)
        {
            rows.append(
                BenchRow(
                    benchmark: .fidelity, name: "\(name), p99 gap against true",
                    value: measured, unit: "us", floor: sent))
        }
        if let joinedShare {
            rows.append(
                BenchRow(
                    benchmark: .fidelity, name: "\(name), events sharing a read",
                    value: joinedShare * 100, unit: "%"))
        }
        return rows
    }

    private static func rows(
        _ name: String, _ errors: [Int64], _ floor: [Int64]?,
        _ ranks: [(name: String, rank: Double, goal: Double?)]
    ) -> [BenchRow] {
        ranks.compactMap { label, rank, goal in
            guard let value = quantile(rank, errors) else { return nil }
            return BenchRow(
                benchmark: .fidelity, name: "\(name) \(label)", value: value, unit: "us",
                floor: floor.flatMap { quantile(rank, $0) }, goal: goal.map(BenchRow.Goal.atMost))
        }
    }

    /// The least value that `rank` of `values` do not exceed, in us; nil without values.
    static func quantile(_ rank: Double, _ values: [Int64]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let index = max(0, Int((rank * Double(sorted.count)).rounded(.up)) - 1)
        return Double(sorted[index]) / 1e3
    }
}
