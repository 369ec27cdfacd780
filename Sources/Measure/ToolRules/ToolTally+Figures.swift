import Goodput

extension ToolTally {
    /// The tool's figures of all requests. O(requests · distributions · log requests).
    package func figures() -> PrintedFigures {
        let maker = FigureMaker(self)
        return PrintedFigures(
            tool: tool,
            figures: rows.map { PrintedFigures.Figure(row: $0, value: maker.value($0)) },
            remarks: ToolRemark.all(of: self))
    }
}

/// Makes figures of the requests that a tally has kept.
private struct FigureMaker {
    typealias Value = PrintedFigures.Value

    private let tally: ToolTally
    private let requests: [KeptRequest]
    private let counted: [KeptRequest]
    private var distributions: [Measure: Result<Distribution?, Absence>] = [:]

    /// A missing datum, by which the distribution cannot be made.
    private struct Absence: Error {
        var reason: MissingReason
    }

    init(_ tally: ToolTally) {
        self.tally = tally
        requests = tally.requests
        counted = requests.filter { $0.standing == .counted }
        let ranks = tally.rows.ranks
        for measure in tally.rows.measures {
            distributions[measure] = Result { () throws(Absence) in
                try distribution(of: measure, ranks)
            }
        }
    }

    func value(_ row: ToolRow) -> Value {
        switch value(of: row.quantity) {
        case .number(let number): .number(number * row.scale.factor)
        case .missing(let reason): .missing(reason)
        }
    }

    private func value(of quantity: Quantity) -> Value {
        switch quantity {
        case .duration(let interval): length(of: interval)
        case .requests(let scope): .number(Double(members(scope).count))
        case .tokens(let side, let scope): tokens(side, scope)
        case .rate(let amount, let interval): rate(self.amount(amount), over: interval)
        case .concurrency(let scope, let interval):
            rate(openTime(of: scope), over: interval, scale: 1)
        case .goodRequests: goodRequests
        case .peakEvents: peak(tally.seconds.peakEvents)
        case .peakRequests: peak(tally.seconds.peakRequests)
        case .statistic(let measure, let statistic): figure(statistic, of: measure)
        case .unknown(let why): .missing(.notRecorded(why))
        }
    }

    private func members(_ scope: Quantity.Scope) -> [KeptRequest] {
        switch scope {
        case .counted: counted
        case .failed: requests.filter { $0.standing == .failed }
        case .incomplete: requests.filter { $0.standing == .incomplete }
        case .all: requests
        }
    }

    private func amount(_ counted: Quantity.Counted) -> Value {
        switch counted {
        case .requests(let scope): .number(Double(members(scope).count))
        case .tokens(let side, let scope): tokens(side, scope)
        case .goodRequests: goodRequests
        }
    }

    private var goodRequests: Value {
        tally.bounded > 0 ? .number(Double(tally.good)) : .missing(.noBound)
    }

    private func tokens(_ side: Quantity.Side, _ scope: Quantity.Scope) -> Value {
        let members = members(scope)
        let outputs = members.reduce(0) { $0 + $1.tokens }
        guard side != .output else { return .number(Double(outputs)) }
        let unknown = members.count { $0.promptTokens == nil }
        guard unknown == 0 else { return .missing(.noPrompt(requests: unknown)) }
        let inputs = members.reduce(0) { $0 + Int($1.promptTokens ?? 0) }
        return .number(Double(side == .input ? inputs : inputs + outputs))
    }

    private func openTime(of scope: Quantity.Scope) -> Value {
        let members = members(scope)
        let unknown = members.count { $0.sent == nil }
        guard unknown == 0 else { return .missing(.noSend(requests: unknown)) }
        return .number(
            members.reduce(0) { $0 + Double($1.end(tally.rule) - ($1.sent ?? 0)) })
    }

    private func peak(_ count: Int?) -> Value {
        guard tally.clock.knowsSends else { return .missing(.noStarts) }
        let unknown = counted.count { $0.sent == nil }
        guard unknown == 0 else { return .missing(.noSend(requests: unknown)) }
        return .number(Double(counted.isEmpty ? 0 : count ?? 0))
    }

    /// `amount` over the interval, `scale` times for each ns of it.
    private func rate(
        _ amount: Value, over interval: Quantity.Interval, scale: Double = 1e9
    ) -> Value {
        guard case .number(let amount) = amount, case .number(let length) = length(of: interval)
        else {
            if case .missing = amount { return amount }
            return length(of: interval)
        }
        return length > 0 ? .number(amount / length * scale) : .missing(.noTime)
    }

    /// The length of an interval, ns.
    private func length(of interval: Quantity.Interval) -> Value {
        switch tally.clock {
        case .length(let length, let sends) where interval != .counted || !sends:
            return .number(Double(length))
        case .unknown: return .missing(.noStarts)
        case .requests, .length: break
        }
        let members = interval == .counted ? counted : requests
        guard !members.isEmpty else { return .missing(.noRequest) }
        let begins = members.compactMap { interval == .schedule ? $0.scheduled : $0.sent }
        let ends = members.map { interval == .counted ? $0.end(tally.rule) : $0.finish }
        guard let begin = begins.min(), let end = ends.max() else {
            return .missing(.noSend(requests: members.count))
        }
        return .number(Double(Int128(end) - Int128(begin)))
    }

    private func distribution(
        of measure: Measure, _ ranks: Set<PercentileRank>
    ) throws(Absence) -> Distribution? {
        guard measure != .eventGap else { return tally.gaps.distribution() }
        if measure.needsSend {
            let unknown = counted.count { $0.sent == nil }
            guard unknown == 0 else { throw Absence(reason: .noSend(requests: unknown)) }
        }
        if measure.needsPrompt {
            let unknown = counted.count { $0.promptTokens == nil }
            guard unknown == 0 else { throw Absence(reason: .noPrompt(requests: unknown)) }
        }
        let rule = tally.rule
        switch rule.percentiles {
        case .interpolated:
            let values = counted.compactMap { $0.value(of: measure, by: rule) }
            return Distribution(values, ranks: ranks)
        case .attained:
            let weighted = counted.compactMap { request in
                request.value(of: measure, by: rule).map {
                    (value: $0, weight: request.weight(of: measure))
                }
            }
            return Distribution(attained: weighted, ranks: ranks)
        }
    }

    private func figure(_ statistic: Statistic, of measure: Measure) -> Value {
        switch distributions[measure] {
        case .success(let distribution?): .number(distribution[statistic])
        case .failure(let absence): .missing(absence.reason)
        case .success(nil), nil:
            tally.rule.nothing == .zero ? .number(0) : .missing(.noValue)
        }
    }
}

extension Distribution {
    fileprivate subscript(statistic: Statistic) -> Double {
        switch statistic {
        case .mean: mean
        case .deviation: deviation
        case .percentile(let thousandths):
            percentiles[PercentileRank(thousandths: thousandths)] ?? greatest
        case .least: least
        case .greatest: greatest
        case .count: Double(count)
        case .sum: sum
        }
    }
}
