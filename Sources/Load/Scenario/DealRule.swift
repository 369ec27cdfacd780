import PlainText
package import Workload

/// The rule by which a scenario deals its sessions to agents.
package enum DealRule: Hashable, Sendable {
    case roundRobin
    /// One weight an agent, in the order of the agents' names.
    case weights([Double])
    /// The agents by name with their weights, in the order of the names.
    case named([NamedWeight])

    package struct NamedWeight: Hashable, Sendable {
        package var name: String
        package var weight: Double
    }

    /// How many agents it is for; nil where it is for any number.
    package var agentCount: Int? {
        switch self {
        case .roundRobin: nil
        case .weights(let weights): weights.count
        case .named(let agents): agents.count
        }
    }

    /// The agents that it names, in the order in which shares are dealt; nil where it names none.
    package var names: [String]? {
        guard case .named(let agents) = self else { return nil }
        return agents.map(\.name)
    }
}

extension ResolvedScenario {
    /// How sessions go to `agents` agents.
    ///
    /// - Throws: ``ScenarioError`` when the weights are for another number of agents.
    package func dealing(agents: Int) throws(ScenarioError) -> Dealing {
        let counted = Figures.count(agents, "agent")
        switch deal {
        case .roundRobin: return .roundRobin(agents: agents)
        case .weights(let weights):
            guard weights.count == agents else {
                let given = Figures.count(weights.count, "weight")
                throw misdealt(
                    "`deal` has \(given), but the run has \(counted); write a weight each")
            }
            return .weighted(weights)
        case .named(let named):
            guard named.count == agents else {
                let names = named.map(\.name).joined(separator: ", ")
                throw misdealt(
                    "`deal` names \(names), but the run has \(counted); name each agent, or start "
                        + "as many (--agents \(named.count))")
            }
            return .weighted(named.map(\.weight))
        }
    }

    /// Checks the deal against agents whose names are known before the run.
    ///
    /// - Throws: ``ScenarioError`` at the first name that is none of `agents`.
    package func checkDeal(to agents: [String]) throws(ScenarioError) {
        guard let stranger = deal.names?.first(where: { !agents.contains($0) }) else { return }
        let known =
            agents.count > 2
            ? "\(agents[0]) to \(agents[agents.count - 1])" : agents.joined(separator: " and ")
        var origin: Origin?
        if case .map(let entries, _)? = document["deal"] {
            origin = entries.first { $0.key == stranger }?.keyOrigin
        }
        throw misdealt(
            "`deal` names `\(stranger)`, and the agents that the run starts here are called "
                + "\(known); write these names, or let agents of other names dial in (--agents)",
            at: origin)
    }

    private func misdealt(_ message: String, at origin: Origin? = nil) -> ScenarioError {
        ScenarioError(
            file: file,
            diagnostics: [
                Diagnostic(
                    origin: origin ?? document["deal"]?.origin ?? document.origin, message: message)
            ])
    }
}
