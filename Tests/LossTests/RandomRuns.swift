import Goodput
import Loss
import Randomness

/// A run of several agents, classes and servers, drawn at random.
struct RandomRun {
    let readers: [Reader]
    let requests: [RequestTimes]
    let parts: [LossAttribution.Parts]
    let interval: ServingInterval

    static let agents = 3
    static let servers = 2

    init(seed: UInt64, requests count: Int = 30) throws {
        var random = SplitMix64(seed: seed)
        var readers: [Reader] = []
        for _ in 0..<2 { readers.append(try Reader(.random(using: &random))) }
        self.readers = readers
        requests = (0..<count).map { .random(id: $0, using: &random) }
        parts = (0..<count).map { _ in
            LossAttribution.Parts(
                agentIndex: Int.random(in: 0..<Self.agents, using: &random),
                classIndex: Int.random(in: 0..<2, using: &random),
                serverIndex: Int.random(in: 0..<Self.servers, using: &random))
        }
        interval = try ServingInterval(over: requests) ?? ServingInterval(begin: 0, end: 0)
    }

    func reader(_ index: Int) -> Reader { readers[parts[index].classIndex] }

    func attributed() throws -> LossFigures {
        var loss = LossAttribution(over: interval, agents: Self.agents, readers: readers)
        for (request, parts) in zip(requests, parts) { try loss.add(request, of: parts) }
        return loss.figures()
    }
}

extension RequestTimes {
    /// A request with stalls, bursts, equal times, events of several tokens, and a client that is
    /// late at times.
    static func random(id: Int, using random: inout SplitMix64) -> RequestTimes {
        let scheduled = Int64.random(in: 0...15_000_000_000, using: &random)
        let isLate = Int.random(in: 0..<3, using: &random) == 0
        let sent = scheduled + Int64.random(in: 0...(isLate ? 900_000_000 : 0), using: &random)
        var time = sent + Int64.random(in: 0...1_500_000_000, using: &random)
        var tokens: [TokenEvent] = []
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            let several = Int.random(in: 0..<4, using: &random) == 0
            let count = several ? UInt32.random(in: 2...9, using: &random) : 1
            tokens.append(TokenEvent(time: time, count: count))
            let pause: ClosedRange<Int64> =
                switch Int.random(in: 0..<10, using: &random) {
                case 0: 0...0
                case 1: 500_000_000...3_000_000_000
                default: 1_000_000...90_000_000
                }
            time += Int64.random(in: pause, using: &random)
        }
        let last = tokens.last?.time ?? sent
        return RequestTimes(
            id: id, scheduled: scheduled, tokens: tokens,
            finish: last + Int64.random(in: 0...2_000_000_000, using: &random),
            outcome: Int.random(in: 0..<3, using: &random) == 0
                ? RequestOutcome.allCases.randomElement(using: &random)! : .completed,
            sent: Int.random(in: 0..<5, using: &random) == 0 ? nil : sent,
            thoughts: Int.random(in: 0..<3, using: &random) == 0
                ? UInt32.random(in: 1...60, using: &random) : 0)
    }

    func moved(by shift: Int64) -> RequestTimes {
        var moved = self
        moved.scheduled += shift
        moved.finish += shift
        if let sent { moved.sent = sent + shift }
        for index in tokens.indices { moved.tokens[index].time += shift }
        return moved
    }
}

extension ScoringParameters {
    /// Any penalty, anchor, policy; figures of the usual size.
    static func random(using random: inout SplitMix64) -> ScoringParameters {
        let penalty = [
            Penalty.linear, .power(exponent: Double.random(in: 0.3...2.5, using: &random)),
            .exponential(tau: Double.random(in: 3...9, using: &random)),
            .hinge(grace: Double.random(in: 0...1, using: &random)),
            .fraction(tau: Double.random(in: 0.1...12, using: &random)), .step,
        ].randomElement(using: &random)!
        return ScoringParameters(
            readingSpeed: Double.random(in: 1...200, using: &random),
            anchor: Anchor.allCases.randomElement(using: &random)!,
            ttftBudget: Int64.random(in: 0...1_500_000_000, using: &random),
            alpha: Double.random(in: 0...2, using: &random), penalty: penalty,
            incomplete: IncompletePolicy.allCases.randomElement(using: &random)!,
            reads: ReadPart.allCases.randomElement(using: &random)!)
    }
}

/// Agreement within 1e-9 of max(1, |a|, |b|).
func isClose(_ a: Double, _ b: Double) -> Bool {
    (a - b).magnitude <= 1e-9 * max(1, a.magnitude, b.magnitude)
}
