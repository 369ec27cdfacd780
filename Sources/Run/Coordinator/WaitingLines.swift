import CoordinatorCore
import TimeBase

/// Lines for a person who waits for the start, one now and then.
struct WaitingLines {
    /// Between two lines while nothing happens.
    static let interval = TimeSpan.seconds(30)

    private var next: LocalInstant?

    /// A sentence of the wait as it is `now`; nil where there was one a short time ago.
    mutating func sentence(_ wait: CoordinatorMachine.Wait, now: LocalInstant) -> String? {
        guard let due = next else {
            next = now + Self.interval
            return nil
        }
        guard now >= due else { return nil }
        next = now + Self.interval
        let rest = wait.deadline.map { ", for another \(($0 - now).wholeSeconds)" } ?? ""
        switch wait.cause {
        case .joining(let names, let missing):
            let here = names.isEmpty ? "" : " (\(names.joined(separator: ", ")))"
            let awaited =
                missing.isEmpty
                ? "\(wait.expected - names.count) more" : missing.joined(separator: ", ")
            return "\(names.count) of \(wait.expected) agents are here\(here): waiting for "
                + "\(awaited)\(rest)"
        case .preparing(let agents):
            let each = agents.map { "\($0.name) \($0.missing)" }.joined(separator: "; ")
            return "waiting\(rest): \(each)"
        }
    }
}
