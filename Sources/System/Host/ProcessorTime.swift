import Glibc

/// Time of all processors since the boot, by the first line of /proc/stat.
package struct ProcessorTime: Hashable, Sendable {
    /// Ticks in which a processor worked, for this machine or, by a hypervisor, for another.
    package var busy: UInt64
    package var all: UInt64

    /// The time by `text`, such as `cpu  8 1 3 40 2 0 1 5 0 0`; nil where it is no such line.
    package static func parse(_ text: some StringProtocol) -> ProcessorTime? {
        let words = text.split(whereSeparator: \.isWhitespace)
        // user, nice, system, idle, iowait, irq, softirq, steal; guests are in user and nice.
        let ticks = words.dropFirst().prefix(8).compactMap { UInt64($0) }
        guard words.first == "cpu", ticks.count == 8, ticks.allSatisfy({ $0 < 1 << 60 }) else {
            return nil
        }
        let all = ticks.reduce(0, +)
        return ProcessorTime(busy: all - ticks[3] - ticks[4], all: all)
    }

    package static func read() -> ProcessorTime? {
        parse(KernelFile.firstLine(of: "/proc/stat"))
    }

    /// Processors that worked on average since `earlier`; nil when no time has passed.
    package func processors(since earlier: ProcessorTime) -> Double? {
        guard all > earlier.all, busy >= earlier.busy else { return nil }
        let share = Double(busy - earlier.busy) / Double(all - earlier.all)
        return share * Double(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }
}
