import ClockSync
import Randomness

/// Probes of two clocks that are known: the agent's is `offset` behind the coordinator's and parts
/// from it at `ppm`.
struct ProbeSamples {
    var offset: Int64 = 1_000_000_000_000_000
    var ppm = 20.0
    var start: Int64 = 2_000_000_000_000_000
    var generator = SplitMix64(seed: 5)

    /// The coordinator's time at the agent's instant `agentNs`.
    func truth(_ agentNs: Int64) -> Int64 {
        let elapsed = Double(agentNs - (start - offset))
        return agentNs + offset + Int64((elapsed * ppm / 1e6).rounded())
    }

    /// The agent's time at the coordinator's `ns`, to a ns.
    private func agent(_ ns: Int64) -> Int64 {
        let elapsed = Double(ns - start)
        return start - offset + Int64((elapsed / (1 + ppm / 1e6)).rounded())
    }

    /// Trains of four exchanges, ten a second; each way takes 20 us and a little more.
    mutating func exchanges(seconds: Int64) -> [ClockExchange] {
        var exchanges: [ClockExchange] = []
        for train in 0..<(seconds * 10) {
            var t1 = start + train * 100_000_000
            for member: UInt16 in 0..<4 {
                let there = t1 + 20_000 + Int64.random(in: 0...400, using: &generator)
                let leaves = there + 1_500
                let back = leaves + 20_000 + Int64.random(in: 0...400, using: &generator)
                exchanges.append(
                    ClockExchange(
                        train: UInt32(train), member: member, t1: t1, t2: agent(there),
                        t3: agent(leaves), t4: back))
                t1 = back + 500
            }
        }
        return exchanges
    }

    static func csv(_ exchanges: [ClockExchange]) -> String {
        "train,member,t1,t2,t3,t4\n"
            + exchanges.map {
                "\($0.train),\($0.member),\($0.t1),\($0.t2),\($0.t3),\($0.t4)\n"
            }.joined()
    }
}
