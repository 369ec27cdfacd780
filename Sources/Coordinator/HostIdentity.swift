import Foundation
import JSON
import Report
import Wire

/// What the manifest says of the coordinator's host.
enum HostIdentity {
    static var hostname: String { ProcessInfo.processInfo.hostName }

    /// The kernel's name for this boot; empty where it does not tell.
    static var bootID: String { line("/proc/sys/kernel/random/boot_id") }

    /// Whether an agent's CLOCK_MONOTONIC_RAW is this process's own.
    static func hasClock(of agent: Hello) -> Bool { !bootID.isEmpty && agent.bootID == bootID }

    static var facts: JSONValue {
        .object([
            "hostname": .string(hostname),
            "kernel": .string(line("/proc/sys/kernel/osrelease")),
            "clock_source": .string(
                line("/sys/devices/system/clocksource/clocksource0/current_clocksource")),
            "cores": .integer(Int64(ProcessInfo.processInfo.processorCount)),
        ])
    }

    private static func line(_ path: String) -> String {
        // A kernel without the file is told apart by the empty text.
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
