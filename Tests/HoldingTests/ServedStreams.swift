import EngineModel
import Glibc
import Goodput
import Holding
import Randomness

/// Streams of a simulated engine, as a client would stamp them, that can be held on the way.
struct ServedStreams {
    var requests: [RequestTimes]
    var promptTokens: [UInt32]

    /// When requests come.
    enum Load: Hashable, Sendable, CustomStringConvertible {
        /// Poisson arrivals a second.
        case open(Double)
        /// Requests at a time, each followed at once by the next.
        case closed(Int)

        var description: String {
            switch self {
            case .open(let rate): "\(rate) a second"
            case .closed(let width): "\(width) at a time"
            }
        }
    }

    /// Runs `count` requests of drawn lengths, all of the target's engines being alike.
    ///
    /// - Parameters:
    ///   - engines: Replicas behind one address, requests dealt to them in turn.
    ///   - accepted: Tokens that a step adds to a stream, drawn: a model with speculation.
    ///   - jitter: How late a stamp is at most, ns.
    init(
        _ options: EngineOptions = EngineOptions(), _ load: Load, count: Int = 40,
        outputs: ClosedRange<Int> = 40...160, engines: Int = 1, jitter: Int64 = 15_000,
        seed: UInt64, accepted: (inout SplitMix64) -> UInt32 = { _ in 1 }
    ) {
        var random = SplitMix64(seed: seed)
        var arrivals: [VirtualArrival] = []
        var time: Int64 = 0
        for _ in 0..<count {
            if case .open(let rate) = load {
                time += Int64(1e9 * random.nextExponential() / rate)
            }
            arrivals.append(
                VirtualArrival(
                    atNs: time,
                    promptTokens: Int(pow(2, Double.random(in: 5...11, using: &random))),
                    outputTokens: Int.random(in: outputs, using: &random)))
        }
        var stamps = [[Int64]](repeating: [], count: count)
        for engine in 0..<engines {
            let dealt = arrivals.indices.filter { $0 % engines == engine }
            let own = Self.run(options, load, engines: engines, dealt.map { arrivals[$0] })
            for (place, index) in dealt.enumerated() {
                arrivals[index].atNs = own.arrivals[place]
                stamps[index] = own.stamps[place]
            }
        }
        promptTokens = arrivals.map { UInt32($0.promptTokens) }
        requests = zip(arrivals, stamps).enumerated().map { id, request in
            let (arrival, stamps) = request
            var last = arrival.atNs
            let tokens = stamps.map { stamp in
                last = max(last, stamp + Int64.random(in: 0...jitter, using: &random))
                return TokenEvent(
                    time: last, count: stamp == stamps[0] ? 1 : accepted(&random))
            }
            return RequestTimes(
                id: id, scheduled: arrival.atNs, tokens: tokens, finish: last, sent: arrival.atNs)
        }
    }

    /// One engine's run; in a closed loop a request arrives when another ends.
    private static func run(
        _ options: EngineOptions, _ load: Load, engines: Int, _ arrivals: [VirtualArrival]
    ) -> (arrivals: [Int64], stamps: [[Int64]]) {
        guard case .closed(let width) = load else {
            return (arrivals.map(\.atNs), Array(VirtualRun(options: options)(arrivals).tokenNs))
        }
        var core = EngineCore(options: options)
        var times = [Int64](repeating: 0, count: arrivals.count)
        var stamps = [[Int64]](repeating: [], count: arrivals.count)
        var next = 0
        var emissions: [Emission] = []
        func request(_ index: Int) -> EngineRequest {
            EngineRequest(
                id: EngineRequest.ID(index), promptTokens: arrivals[index].promptTokens,
                outputTokens: arrivals[index].outputTokens)
        }
        var now: Int64 = 0
        while next < min(max(1, width / engines), arrivals.count) {
            try! core.submit(request(next), now: now)
            next += 1
        }
        while let step = core.nextStep(now: now) {
            now = step.endNs
            emissions.removeAll(keepingCapacity: true)
            core.completeStep(now: now, into: &emissions)
            for emission in emissions {
                stamps[Int(emission.request)].append(step.deliveryNs)
                guard emission.finish != nil, next < arrivals.count else { continue }
                times[next] = now
                try! core.submit(request(next), now: now)
                next += 1
            }
        }
        return (times, stamps)
    }

    /// The same streams, their tokens held by `hold`.
    func held(_ hold: ([Int64]) -> [TokenEvent]) -> ServedStreams {
        var copy = self
        for index in copy.requests.indices {
            let times = copy.requests[index].tokens.flatMap {
                Array(repeating: $0.time, count: Int($0.count))
            }
            copy.requests[index].tokens = hold(times)
            copy.requests[index].finish = copy.requests[index].tokens.last?.time ?? 0
        }
        return copy
    }

    func figures(seed: UInt64 = 1) -> HoldingFigures {
        var analysis = HoldingAnalysis(
            targets: 1, over: try! ServingInterval(over: requests), seed: seed)
        for (request, prompt) in zip(requests, promptTokens) {
            analysis.add(request, target: 0, promptTokens: prompt)
        }
        return analysis.figures()[0]
    }

    /// The mean of the gaps between tokens, ns.
    var meanGap: Double {
        let spans = requests.map { Double($0.tokens.last!.time - $0.tokens[0].time) }
        let gaps = requests.reduce(0) { $0 + $1.tokens.count - 1 }
        return spans.reduce(0, +) / Double(gaps)
    }
}

/// Ways to hold tokens back, of times in order.
enum Hold {
    /// An event when first, when `size` tokens are unsent, and at the end.
    static func interval(_ size: Int) -> ([Int64]) -> [TokenEvent] {
        { times in
            var events = [TokenEvent(time: times[0])]
            var unsent: UInt32 = 0
            for (index, time) in times.enumerated().dropFirst() {
                unsent += 1
                guard unsent == size || index == times.count - 1 else { continue }
                events.append(TokenEvent(time: time, count: unsent))
                unsent = 0
            }
            return events
        }
    }

    /// Each token no earlier than `theta` after the one before, by a timer that is up to `late` ns
    /// late.
    static func pace(
        _ theta: Double, late: Int64 = 15_000, using random: inout SplitMix64
    ) -> ([Int64]) -> [TokenEvent] {
        var random = random
        return { times in
            var next = Int64.min
            return times.map { time in
                let due = max(time, next)
                next = due + Int64(theta)
                return TokenEvent(time: due + Int64.random(in: 0...late, using: &random))
            }
        }
    }

    /// No token before `hold` ns after the first.
    static func first(_ hold: Int64) -> ([Int64]) -> [TokenEvent] {
        { times in times.map { TokenEvent(time: max($0, times[0] + hold)) } }
    }

    /// A timer of `period` ns that begins with the first unsent token.
    static func flush(_ period: Int64) -> ([Int64]) -> [TokenEvent] {
        released { time, last in max(time, last) == last ? last : time + period }
    }

    /// One clock of `period` ns for all.
    static func tick(_ period: Int64) -> ([Int64]) -> [TokenEvent] {
        released { time, _ in (time / period + 1) * period }
    }

    /// One write a round trip: at once where nothing is on the way, else when that is acknowledged.
    static func nagle(_ roundTrip: Int64) -> ([Int64]) -> [TokenEvent] {
        released { time, last in
            last == .min || time >= last + roundTrip ? time : last + roundTrip
        }
    }

    /// Each token at the time that `release` gives from its own and the last release.
    private static func released(
        _ release: @escaping (_ time: Int64, _ last: Int64) -> Int64
    ) -> ([Int64]) -> [TokenEvent] {
        { times in
            var last = Int64.min
            return times.map { time in
                if time > last { last = release(time, last) }
                return TokenEvent(time: last)
            }
        }
    }

    /// Buffers of `size` events that leave when full, and at the end.
    static func buffer(_ size: Int) -> ([Int64]) -> [TokenEvent] {
        { times in
            times.indices.map { index in
                TokenEvent(time: times[min((index / size + 1) * size, times.count) - 1])
            }
        }
    }

    static func whole(_ times: [Int64]) -> [TokenEvent] {
        times.map { _ in TokenEvent(time: times[times.count - 1]) }
    }
}
