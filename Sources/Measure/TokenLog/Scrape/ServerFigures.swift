/// The load of a server at one instant, as its own metrics say it: each figure is nil where they do
/// not.
///
/// Several engines behind one address are one server here: counts are summed, and the use of the
/// cache is that of the fullest.
package struct ServerFigures: Hashable, Sendable {
    /// Requests in the batch.
    package var running: UInt32?
    /// Requests in the queue.
    package var waiting: UInt32?
    /// The share of the key-value cache that is held, in parts per million: 0 to
    /// ``wholeCachePPM``.
    package var keyValueUsePPM: UInt32?
    /// Requests put back into the queue, since the server started.
    package var preemptions: UInt64?
    /// Output tokens made, since the server started.
    package var generationTokens: UInt64?
    /// Prompt tokens computed, since the server started.
    package var promptTokens: UInt64?

    /// A cache of which everything is held.
    package static let wholeCachePPM: UInt32 = 1_000_000

    package init() {}

    /// Whether the metrics said none of them.
    package var isEmpty: Bool { self == ServerFigures() }
}
