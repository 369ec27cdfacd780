import HeapModule
package import TimeBase

/// Virtual time: events come out in the order of their instants, those of one instant in the order
/// in which they were put in.
package struct EventQueue<Event> {
    private struct Entry: Comparable {
        var at: LocalInstant
        var sequence: UInt64
        var event: Event

        static func < (a: Entry, b: Entry) -> Bool { (a.at, a.sequence) < (b.at, b.sequence) }
        static func == (a: Entry, b: Entry) -> Bool { a.sequence == b.sequence }
    }

    private var heap: Heap<Entry> = []
    private var sequence: UInt64 = 0
    /// The instant of the event that came out last.
    package private(set) var now = LocalInstant(ns: 0)

    package init() {}

    /// Puts `event` at `at`, or now if that has passed.
    package mutating func schedule(_ event: Event, at: LocalInstant) {
        heap.insert(Entry(at: max(at, now), sequence: sequence, event: event))
        sequence += 1
    }

    /// Puts `event` `delay` from now.
    package mutating func schedule(_ event: Event, after delay: TimeSpan) {
        schedule(event, at: now + delay)
    }

    /// Takes the next event and moves the time to it; nil when there is none.
    package mutating func next() -> Event? {
        guard let entry = heap.popMin() else { return nil }
        now = entry.at
        return entry.event
    }
}
