import EventLoop
import Foundation
import JSON
import Journal
import Report
import Wire

/// What the manifest says of the coordinator's host.
enum HostIdentity {
    static var hostname: String { ProcessInfo.processInfo.hostName }

    /// The kernel's name for this boot; empty where it does not tell.
    static var bootID: String { line("/proc/sys/kernel/random/boot_id") }

    /// The kernel's name for the time namespace; empty where it has none.
    static var timeNamespace: String {
        // A kernel without time namespaces has no such link.
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/time")) ?? ""
    }

    /// The clock of every stamp of this process.
    static let clock = ClockName(
        host: hostname, bootID: bootID, timeNamespace: timeNamespace)

    /// Whether an agent's CLOCK_MONOTONIC_RAW is this process's own, by its name.
    static func hasClock(of agent: Hello) -> Bool {
        let named = ClockName(
            host: agent.host.hostname, bootID: agent.bootID, timeNamespace: agent.timeNamespace)
        return clock.isSameClock(as: named)
    }

    static let clockCost = ClockReadingCost.measured()
    static var clockSource: String {
        line("/sys/devices/system/clocksource/clocksource0/current_clocksource")
    }

    static var facts: JSONValue {
        .object([
            "hostname": .string(hostname),
            "kernel": .string(line("/proc/sys/kernel/osrelease")),
            "clock_source": .string(
                clockSource),
            "clock_reading_ns": .integer(clockCost.rawNs),
            "cores": .integer(Int64(ProcessInfo.processInfo.processorCount)),
        ])
    }

    private static func line(_ path: String) -> String {
        // A kernel without the file is told apart by the empty text.
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
