package import TimeBase

/// A host's clock in virtual time: it has its own zero and runs at its own rate.
package struct VirtualClock: Hashable, Sendable {
    /// Its reading at the beginning of the world, ns.
    package var offsetNs: Int64
    /// How much faster than the world it runs, in parts per billion.
    package var ratePPB: Int64

    package init(offsetNs: Int64, ratePPB: Int64) {
        self.offsetNs = offsetNs
        self.ratePPB = ratePPB
    }

    /// Its reading at the world's instant `world`.
    package func reading(at world: LocalInstant) -> LocalInstant {
        LocalInstant(ns: offsetNs + world.ns + world.ns * ratePPB / 1_000_000_000)
    }

    /// The first instant of the world at which it shows `reading` or more.
    package func instant(of reading: LocalInstant) -> LocalInstant {
        var world = LocalInstant(ns: reading.ns - offsetNs)
        // The rate is below 0.1 %: each step leaves a thousandth of the error.
        for _ in 0..<6 { world = world + (reading - self.reading(at: world)) }
        while self.reading(at: world) < reading { world.ns += 1 }
        while self.reading(at: LocalInstant(ns: world.ns - 1)) >= reading { world.ns -= 1 }
        return world
    }
}
