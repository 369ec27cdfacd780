import Goodput

@testable import Loss

/// The definitions of the attribution page, word for word: tokens expanded one by one, each with
/// its cause.
struct PlainLoss {
    private(set) var causes: [LossCause: Double] = [:]
    private(set) var bins: [Int: [LossCause: Double]] = [:]
    private(set) var waits: [LostWait] = []
    private let start: Int64

    init(start: Int64) { self.start = start }

    mutating func add(_ request: RequestTimes, _ reader: Reader) {
        let parameters = reader.parameters
        let all = request.tokens.flatMap { event in
            (0..<event.count).map { _ in event.time }
        }
        let passed = parameters.reads == .answer ? Int(request.thoughts) : 0
        for time in all.prefix(passed) { enter(1, .thought, at: time) }
        let times = Array(all.dropFirst(passed))
        var next = 0
        let events = request.tokens.compactMap { event in
            next += Int(event.count)
            return next > passed ? event.time : nil
        }
        let gaps = zip(events, events.dropFirst()).map { $1 - $0 }.sorted()
        let median = gaps.isEmpty ? 0 : gaps[(gaps.count - 1) / 2]
        let isFromFirstToken = parameters.anchor == .firstToken
        let sent = request.sent ?? request.scheduled
        let late = isFromFirstToken ? 0 : max(0, sent - request.scheduled)
        let origin =
            isFromFirstToken
            ? times.first ?? request.scheduled : request.scheduled + parameters.ttftBudget
        var waited: Int64 = 0
        var shares: [LossCause: Double] = [:]
        func weight(_ tokens: Int) -> Double {
            switch parameters.penalty {
            case .fraction, .step: Double(tokens)
            default: 1
            }
        }
        func share(_ idle: Int64) -> Double {
            parameters.penalty.cost(
                idle: max(0, idle), tokens: 1, readingSpeed: parameters.readingSpeed)
        }
        func wait(_ wait: Int64, _ cause: LossCause) {
            shares[cause, default: 0] += share(waited + wait - late) - share(waited - late)
            waited += wait
            shares[.clientLate] = share(waited) - share(waited - late)
        }
        func total(_ shares: [LossCause: Double]) -> Double { shares.values.reduce(0, +) }
        for (token, time) in times.enumerated() {
            let late = max(0, time - (origin + reader.tokenTime * Int64(token)) - waited)
            let before = shares
            let cause: LossCause =
                token == 0
                ? .firstToken
                : time - times[token - 1] > max(50_000_000, 4 * median) ? .stall : .slowDecode
            wait(late, cause)
            var lost = 0.0
            for (cause, share) in shares {
                let part =
                    parameters.alpha
                    * (weight(token + 1) * share - weight(token) * (before[cause] ?? 0))
                enter(part, cause, at: time)
                lost += part
            }
            if late > 0, lost > 0 {
                waits.append(
                    LostWait(
                        id: request.id, token: token, from: time - late, to: time, cause: cause,
                        tokensLost: lost))
            }
        }
        guard request.outcome != .completed else { return }
        let before = shares
        let count = times.count
        switch parameters.incomplete {
        case .delivered: break
        case .waiting:
            let due = origin + reader.tokenTime * Int64(count)
            let late = max(0, request.finish - due - waited)
            wait(late, .unfinished)
            for (cause, share) in shares {
                let part = weight(count) * (share - (before[cause] ?? 0))
                enter(parameters.alpha * part, cause, at: request.finish)
            }
            let lost = parameters.alpha * weight(count) * (total(shares) - total(before))
            if late > 0, lost > 0 {
                waits.append(
                    LostWait(
                        id: request.id, token: count, from: request.finish - late,
                        to: request.finish, cause: .unfinished, tokensLost: lost))
            }
        case .void:
            let still = reader.benefit(tokens: 0, idle: waited)
            enter(reader.benefit(tokens: count, idle: waited) - still, .void, at: request.finish)
        }
    }

    private mutating func enter(_ lost: Double, _ cause: LossCause, at time: Int64) {
        causes[cause, default: 0] += lost
        bins[Int((time - start) / Timeline.bin), default: [:]][cause, default: 0] += lost
    }

    /// The ten worst waits, by the definition.
    var worst: [LostWait] {
        // Sums in another order may tell apart by a rounding what costs the same.
        func cost(_ wait: LostWait) -> Double { (wait.tokensLost * 1e9).rounded() }
        return waits.sorted {
            cost($0) != cost($1)
                ? cost($0) > cost($1) : ($0.id, $0.token) < ($1.id, $1.token)
        }.prefix(10).map { $0 }
    }
}
