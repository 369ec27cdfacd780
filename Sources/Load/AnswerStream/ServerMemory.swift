import HTTP

/// The memory that streams of one server share: what its last heads and its usual events said, so
/// that they are not taken apart again.
///
/// Confined to whoever drives the streams.
package final class ServerMemory {
    let heads = HeadMemory()
    let events = EventMemory()

    package init() {}
}
