import EngineModel

/// A server's steps as its clients see them: the tokens of a step leave together.
///
/// The server's own order of things is taken from what came, and not from a schedule that the
/// model makes: a wrong term moves the ends of all later steps, and whether a request meets one is
/// as good as chance.
struct ObservedSteps {
    /// A step that began where another ended, and its length in ns.
    struct Step {
        var shape: StepShape
        var ns: Double
    }

    /// A request that met an idle server: the steps of its prompt, and its time to the first token.
    struct First {
        var shapes: [StepShape]
        var ns: Double
    }

    private(set) var steps: [Step] = []
    private(set) var firsts: [First] = []

    /// - Parameters:
    ///   - budget: The most tokens of a prompt that a step runs.
    init(_ serving: MeasuredServing, budget: Int) {
        let requests = serving.requests
        findFirsts(requests, budget)
        let instants = Self.instants(of: requests)
        /// Events of each request that came by the last instant.
        var came = [Int](repeating: 0, count: requests.count)
        var running: Set<Int> = []
        /// Requests that were sent and have brought nothing, by the order of sending.
        var waiting: Set<Int> = []
        var next = 0
        for (index, instant) in instants.enumerated() {
            let isBusy = !running.isEmpty
            var shape = StepShape()
            var isWhole = true
            for request in instant.requests {
                let prompt = requests[request].arrival.promptTokens
                if came[request] == 0 {
                    // Part of a long prompt ran in steps before.
                    if prompt > budget - instant.requests.count { isWhole = false }
                    shape.addChunk(.init(new: prompt, cached: 0))
                    waiting.remove(request)
                } else {
                    shape.addDecode(context: prompt + came[request])
                }
            }
            // Those that still wait may have had a part of the step.
            if isBusy, isWhole, waiting.isEmpty {
                let ns = instant.ns - instants[index - 1].ns
                if ns > 0 { steps.append(Step(shape: shape, ns: Double(ns))) }
            }
            for request in instant.requests {
                came[request] += 1
                if came[request] == requests[request].eventNs.count {
                    running.remove(request)
                } else {
                    running.insert(request)
                }
            }
            while next < requests.count, requests[next].arrival.atNs < instant.ns {
                if came[next] == 0 { waiting.insert(next) }
                next += 1
            }
        }
    }

    private mutating func findFirsts(_ requests: [MeasuredServing.Request], _ budget: Int) {
        var idleFrom: Int64 = .min
        for request in requests {
            defer { idleFrom = max(idleFrom, request.eventNs.last ?? 0) }
            guard idleFrom < request.arrival.atNs, request.counts else { continue }
            var shapes: [StepShape] = []
            var done = 0
            while done < request.arrival.promptTokens {
                let new = min(budget, request.arrival.promptTokens - done)
                var shape = StepShape()
                shape.addChunk(.init(new: new, cached: done))
                shapes.append(shape)
                done += new
            }
            firsts.append(First(shapes: shapes, ns: request.ttftNs))
        }
    }

    /// When tokens came, and whose: those that came together are of one step.
    private static func instants(
        of requests: [MeasuredServing.Request]
    ) -> [(ns: Int64, requests: [Int])] {
        var events: [(ns: Int64, request: Int)] = []
        var gaps: [Int64] = []
        for (index, request) in requests.enumerated() {
            events += request.eventNs.map { ($0, index) }
            gaps += request.gaps
        }
        events.sort { ($0.ns, $0.request) < ($1.ns, $1.request) }
        gaps.sort()
        // A step of twice the usual speed is rarer than a read that was late.
        let together = (gaps.isEmpty ? 0 : gaps[gaps.count / 2]) / 2
        var instants: [(ns: Int64, requests: [Int])] = []
        var members: Set<Int> = []
        for event in events {
            if let last = instants.last, event.ns - last.ns <= together,
                !members.contains(event.request)
            {
                instants[instants.count - 1].requests.append(event.request)
            } else {
                instants.append((event.ns, [event.request]))
                members.removeAll()
            }
            members.insert(event.request)
        }
        return instants
    }
}
