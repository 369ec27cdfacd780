import HTTP

/// The memory that streams of one server share: what its last heads and its usual events said, so
/// that they are not taken apart again.
///
/// Confined to whoever drives the streams.
package final class ServerMemory {
    let heads = HeadMemory()
    /// Nil where every event is scanned.
    let events: EventMemory?

    /// - Parameter recognisesEvents: whether events are recognised by the bytes of those before
    ///   them; without that all are scanned, for a measurement of what it saves.
    package init(recognisesEvents: Bool = true) {
        events = recognisesEvents ? EventMemory() : nil
    }

    /// Whether streams with this memory scan only the events that differ from those before them.
    package var recognisesEvents: Bool { events != nil }
}
