import ArgumentParser
import TokenLog

/// The priority of the thread that stamps and sends; `legato run` and `legato agent` share it.
struct PriorityOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Priority of the thread that stamps and sends: rr (SCHED_RR; nice where that is \
            refused), nice, normal (default: rr). It steps back by itself where it takes half of a \
            core.
            """, valueName: "rr|nice|normal"))
    var priority: ThreadPriority?

    /// The priority that is asked for.
    var wanted: ThreadPriority { priority ?? .realTime }

    /// The options of a local agent that ask for the same.
    var arguments: [String] { priority.map { ["--priority", $0.name] } ?? [] }
}

extension ThreadPriority: ExpressibleByArgument {
    /// The priority of this name; nil where there is none.
    public init?(argument: String) { self.init(named: argument) }

    /// The names, the highest priority first.
    public static var allValueStrings: [String] { allCases.reversed().map(\.name) }
}
