import Goodput
import JSON
import Results
import TimeBase

/// A server's load over the run, in its own words: at most ``most`` samples.
struct ServerLoad {
    let name: String
    let samples: [ServerSample]
    /// ns on the run's timeline.
    private let begin: Int64

    static let most = 400

    /// Those servers that said something, by agent, then as it named them.
    static func all(_ summary: RunSummary, _ requests: PageRequests) -> [ServerLoad] {
        summary.header.agents.flatMap { agent in
            agent.targets.compactMap { target in
                guard let kept = target.metrics?.kept, !kept.isEmpty else { return nil }
                let isAlone = agent.targets.count == 1
                let stride = (kept.count + most - 1) / most
                return ServerLoad(
                    name: isAlone ? agent.name : "\(agent.name), \(target.url)",
                    samples: kept.indices.filter { $0 % stride == 0 }.map { kept[$0] },
                    begin: requests.interval.begin)
            }
        }
    }

    /// The longest queue and when, s; nil where the server never said.
    var longestQueue: (requests: UInt32, at: Double)? {
        let known = samples.compactMap { sample in sample.waiting.map { ($0, sample.at.ns) } }
        guard let most = known.max(by: { $0.0 < $1.0 }) else { return nil }
        return (most.0, Double(most.1 - begin) / 1e9)
    }

    /// Seconds, requests in the batch, in the queue, and the share of the cache, a list each.
    var json: JSONValue {
        func list(_ value: (ServerSample) -> JSONValue) -> JSONValue {
            .array(samples.map(value))
        }
        return [
            "name": .string(name),
            "at": list { .real((Double($0.at.ns - begin) / 1e6).rounded() / 1e3) },
            "running": list { $0.running.map { .integer(Int64($0)) } ?? .null },
            "waiting": list { $0.waiting.map { .integer(Int64($0)) } ?? .null },
            "cache": list { $0.keyValueUse.map { .real(($0 * 1e3).rounded() / 1e3) } ?? .null },
        ]
    }
}
