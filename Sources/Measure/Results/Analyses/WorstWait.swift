package import Loss
import TimeBase

/// A wait that is among those that cost most, with what could be seen of it: whose it was, and what
/// its server said of itself just before and after its end.
package struct WorstWait: Hashable, Sendable {
    package var wait: LostWait
    /// The agent's name.
    package var agent: String
    /// The server's base URL.
    package var server: String
    /// nil where the server said nothing.
    package var samples: SamplesAround?
}

extension RunSummary {
    /// The ten waits that cost most, the worst first.
    package var worstWaits: [WorstWait] {
        guard let analyses else { return [] }
        let loss = analyses.loss
        return loss.whole.worst.compactMap { wait in
            // The worst of a part hold those of the whole that are its own.
            guard let agent = loss.agents.firstIndex(where: { $0.worst.contains(wait) }),
                let server = loss.servers.firstIndex(where: { $0.worst.contains(wait) })
            else { return nil }
            let names = (header.agents[agent].name, analyses.servers[server])
            return WorstWait(
                wait: wait, agent: names.0, server: names.1,
                samples: header.samples(
                    around: ClusterInstant(ns: wait.to), agent: names.0, target: names.1))
        }
    }
}
