package import TimeBase
import Wire

extension CoordinatorMachine {
    /// For whom the start waits, and how long yet.
    package struct Wait: Equatable, Sendable {
        package enum Cause: Equatable, Sendable {
            /// Agents have not joined; these have. `missing`: the others where the deal names them.
            case joining([String], missing: [String])
            /// All are there, and these are not ready, each with what keeps it.
            case preparing([Unready])
        }

        /// An agent that has joined and is not ready.
        package struct Unready: Equatable, Sendable {
            package var name: String
            /// The reason, to follow its name.
            package var missing: String
        }

        package var cause: Cause
        /// Agents of the run.
        package var expected: Int
        /// When it is given up; nil before the first tick.
        package var deadline: LocalInstant?
    }

    /// Nil when the run has begun or is over.
    package var wait: Wait? {
        switch state {
        case .gathering(let deadline):
            let names = namesThere
            return Wait(
                cause: .joining(names, missing: order.missing(from: names)),
                expected: assignments.count, deadline: deadline)
        case .preparing(let deadline):
            let unready = agents.filter { !$0.isReady }.map {
                Wait.Unready(name: $0.hello.name, missing: $0.missing)
            }
            return Wait(
                cause: .preparing(unready), expected: assignments.count, deadline: deadline)
        case .running, .over: return nil
        }
    }
}
