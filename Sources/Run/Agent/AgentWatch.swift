import AgentCore
import TokenLog
import Wire

/// Tells somebody how the agent stands, where it stands otherwise than before.
///
/// Confined to the link's loop.
struct AgentWatch {
    private let tell: @Sendable (AgentFigures) -> Void
    private var figures: AgentFigures
    private var told: AgentFigures?

    /// nil where nobody asks.
    init?(_ options: AgentOptions, _ hello: Hello) {
        guard let watch = options.watch else { return nil }
        tell = watch
        figures = AgentFigures(
            name: hello.name,
            targets: hello.embeddedEngine ? ["embedded engine"] : hello.targets.map(\.url))
    }

    mutating func add(_ records: LogBatch) { figures.tally.add(records) }

    mutating func measured(_ status: AgentStatus) { figures.status = status }

    /// - Parameters:
    ///   - made: The last batch that was made.
    ///   - safe: The last one that the coordinator has on its disk.
    mutating func ticked(isConnected: Bool, made: UInt64, safe: UInt64) {
        figures.isConnected = isConnected
        figures.batchesMade = made
        figures.batchesSafe = safe
        guard figures != told else { return }
        told = figures
        tell(figures)
    }
}
