import PlainText

/// The rule of which agent gets which assignment: a matter of names, never of who dialled first.
package enum DealOrder: Hashable, Sendable {
    /// The assignments go to the agents in the order of the agents' names.
    case sorted
    /// Each goes to the agent of its name, and agents of other names are turned away.
    case named([String])

    /// The assignment of each agent; all of them have joined.
    func assignments(of agents: [String]) -> [Int] {
        let order: [String] =
            switch self {
            case .sorted: agents.sorted { $0.precedesByNumber($1) }
            case .named(let names): names
            }
        let assignmentOfName = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        return agents.map { name in
            guard let assignment = assignmentOfName[name] else {
                preconditionFailure("an agent whose name is not dealt to was taken in")
            }
            return assignment
        }
    }

    /// Why an agent of that name has no part in the run, as a sentence; nil where it may have one.
    func refusal(of name: String) -> String? {
        guard case .named(let names) = self, !names.contains(name) else { return nil }
        return "the scenario deals to \(Self.list(names)), and to no agent \(name): start it with "
            + "the --name that it is to have, or give it a weight in `deal`"
    }

    /// Names that are dealt to and are none of `agents`; empty where none is.
    func missing(from agents: [String]) -> [String] {
        guard case .named(let names) = self else { return [] }
        let there = Set(agents)
        return names.filter { !there.contains($0) }
    }

    /// At most so many names stand in a sentence.
    private static let mostNames = 8

    /// Names for a sentence, however many they are.
    static func list(_ names: [String]) -> String {
        let shown = names.prefix(mostNames).joined(separator: ", ")
        return names.count > mostNames ? "\(shown) and \(names.count - mostNames) more" : shown
    }
}
