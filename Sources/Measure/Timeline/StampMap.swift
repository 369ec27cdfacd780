import ClockSync
package import Goodput
package import TimeBase
package import TokenLog

/// The stamps of one agent on the run's timeline, many of them: constant time each.
package struct StampMap: Sendable {
    /// The fit's mapping; nil where `offsetNs` is all.
    private let map: TimeMap?
    /// Coordinator minus agent, ns: for a shared clock, and for one without a fit.
    private let offsetNs: Int64
    private let startNs: Int64
    /// How far the truth may lie from what is given; nil where nothing is known of it.
    package let bounds: ClockBounds?

    /// The map of agent `agent` over its part of the run.
    ///
    /// - Parameter window: Its part, on its own clock. Stamps outside are mapped all the same, but
    ///   are not in ``bounds``.
    package init(_ timeline: Timeline, agent: Int, over window: ClosedRange<LocalInstant>) {
        startNs = timeline.start.ns
        let clock = timeline.clocks[agent]
        offsetNs = clock.plainOffsetNs
        guard let fit = timeline.fits[agent] else {
            map = nil
            bounds = nil
            return
        }
        let made = TimeMap(fit, over: window, isShared: clock.isShared)
        map = clock.isShared ? nil : made
        bounds = ClockBounds(low: made.hardLow, high: made.hardHigh)
    }

    /// A stamp on the timeline.
    package func instant(_ local: LocalInstant) -> ClusterInstant {
        ClusterInstant(ns: (map?.map(local) ?? local.ns &+ offsetNs) &- startNs)
    }

    /// The token events of `records` on the timeline, none of them before `earliest` or before the
    /// one ahead. O(events).
    package func events(
        of records: [TokenRecord], notBefore earliest: ClusterInstant
    ) -> [TokenEvent] {
        if let map {
            Self.events(of: records, earliest) { map.map($0) &- startNs }
        } else {
            Self.events(of: records, earliest) { $0.ns &+ offsetNs &- startNs }
        }
    }

    @inline(__always)
    private static func events(
        of records: [TokenRecord], _ earliest: ClusterInstant, _ ns: (LocalInstant) -> Int64
    ) -> [TokenEvent] {
        // An array made so with room for none writes to the one empty array of all threads.
        guard !records.isEmpty else { return [] }
        return [TokenEvent](unsafeUninitializedCapacity: records.eventCount) { events, count in
            var last = earliest.ns
            for record in records {
                last = max(last, ns(record.stamp))
                if record.events == 1 {
                    let event = TokenEvent(time: last, count: UInt32(record.count))
                    events.initializeElement(at: count, to: event)
                    count += 1
                    continue
                }
                for tokens in record.eventCounts {
                    let event = TokenEvent(time: last, count: UInt32(tokens))
                    events.initializeElement(at: count, to: event)
                    count += 1
                }
            }
        }
    }
}
