import EngineModel
import Goodput
package import Results
import TimeBase
import TokenLog
import Workload

/// The requests that one server of a run was sent, and when it answered: an engine of the model is
/// held against them.
package struct MeasuredServing: Sendable {
    /// A request that brought tokens.
    struct Request: Sendable {
        var arrival: VirtualArrival
        /// When its events came, counted as the arrivals are.
        var eventNs: [Int64]
        /// From when it was sent to its first token, ns.
        var ttftNs: Double
        /// Its mean gap between tokens, ns; nil of one token, or where all came at once.
        var gapNs: Double?
        /// Whether its latencies count: it was scored, and is whole.
        var counts: Bool
        /// Its position among the run's requests.
        var position: Int

        /// Its gaps between events, ns.
        var gaps: [Int64] { zip(eventNs.dropFirst(), eventNs).map { $0 - $1 } }
    }

    /// In the order in which they were sent.
    let requests: [Request]
    /// The instant that the arrivals count from.
    let originNs: Int64

    /// The longest of its requests, prompt and answer together, in tokens.
    package var longest: Int {
        requests.map { $0.arrival.promptTokens + $0.arrival.outputTokens }.max() ?? 0
    }

    /// The share of tokens that came in an event with others, or right behind one: of those the
    /// steps are not seen.
    package var joinedShare: Double {
        let tokens = requests.reduce(0) { $0 + $1.arrival.outputTokens }
        let gaps = requests.flatMap(\.gaps).sorted()
        // Most gaps may be none where steps make several tokens: the longer ones tell a step.
        let step = gaps.isEmpty ? 0 : gaps[gaps.count * 3 / 4]
        let alone = requests.count + gaps.count { $0 > step / 20 }
        return tokens == 0 ? 0 : max(0, Double(tokens - alone) / Double(tokens))
    }

    /// The most requests whose tokens came at one time.
    package var mostAtOnce: Int {
        let ends = requests.flatMap { request in
            [(request.eventNs.first ?? 0, 1), (request.eventNs.last ?? 0, -1)]
        }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
        var (now, most) = (0, 0)
        for end in ends {
            now += end.1
            most = max(most, now)
        }
        return most
    }

    /// The servers of a run, each by itself, in the order of their first requests. Agents of one
    /// host that name the same address mean one server; so do all agents where the address is no
    /// loopback's.
    ///
    /// Requests that brought nothing are left out: what they cost the server is not known. A prompt
    /// has the tokens that its server counted, or else those that were asked for.
    ///
    /// - Parameter hosts: The agents' hosts by the agents' names.
    package static func servings(
        of requests: [MeasuredRequest], hosts: [String: String] = [:]
    ) -> [MeasuredServing] {
        var byServer: [String: [Int]] = [:]
        var names: [String] = []
        for (position, request) in requests.enumerated() {
            guard request.sent != nil, request.tokens?.isEmpty == false else { continue }
            let isLocal = Self.loopbacks.contains { request.target.contains($0) }
            let name = (isLocal ? hosts[request.agent] ?? request.agent : "") + request.target
            if byServer[name] == nil { names.append(name) }
            byServer[name, default: []].append(position)
        }
        return names.compactMap { name in
            byServer[name].flatMap { MeasuredServing(requests, at: $0) }
        }
    }

    /// Addresses that mean another server on every host; "virtual:" is of an agent's own engines.
    private static let loopbacks = ["//127.", "//localhost", "//[::1]", "unix:", "virtual:"]

    private init?(_ all: [MeasuredRequest], at positions: [Int]) {
        guard let origin = positions.compactMap({ all[$0].sent?.ns }).min() else { return nil }
        originNs = origin
        requests = positions.compactMap { Self.request(all[$0], at: $0, origin: origin) }
            .sorted { ($0.arrival.atNs, $0.position) < ($1.arrival.atNs, $1.position) }
    }

    private static func request(
        _ request: MeasuredRequest, at position: Int, origin: Int64
    ) -> Request? {
        guard let sent = request.sent?.ns, let events = request.tokens, let first = events.first,
            let last = events.last, let prompt = request.promptTokens ?? request.askedInput
        else { return nil }
        let tokens = events.reduce(0) { $0 + Int($1.count) }
        let span = Double(last.time - first.time)
        return Request(
            arrival: VirtualArrival(
                atNs: sent - origin, promptTokens: max(1, Int(prompt)),
                outputTokens: max(1, tokens)),
            eventNs: events.map { $0.time - origin },
            ttftNs: Double(max(1, first.time - sent)),
            // The tokens of the first event are there at once.
            gapNs: tokens > Int(first.count) && span > 0
                ? span / Double(tokens - Int(first.count)) : nil,
            counts: request.phase == .scored && request.outcome == .completed, position: position)
    }
}
