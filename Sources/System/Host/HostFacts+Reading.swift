import EventLoop
import Glibc
package import Wire

extension HostFacts {
    /// The facts of this host, read from /proc and /sys; what cannot be read is empty.
    package static func read() -> HostFacts {
        let cost = ClockReadingCost.measured()
        return HostFacts(
            hostname: ThisHost.hostname,
            kernel: KernelFile.firstLine(of: "/proc/sys/kernel/osrelease"),
            clockSource: KernelFile.firstLine(
                of: "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            clockReadingNs: UInt32(clamping: cost.rawNs),
            readsClockBySystemCall: cost.isSystemCall,
            cores: UInt16(clamping: sysconf(Int32(_SC_NPROCESSORS_ONLN))),
            memoryBytes: UInt64(max(0, sysconf(Int32(_SC_PHYS_PAGES))))
                * UInt64(max(0, sysconf(Int32(_SC_PAGESIZE)))),
            gpus: gpus)
    }

    /// Models of NVIDIA GPUs as their driver lists them.
    private static var gpus: [String] {
        let folder = "/proc/driver/nvidia/gpus"
        return KernelFile.names(in: folder).compactMap { name in
            let lines = KernelFile.contents(of: "\(folder)/\(name)/information")
                .split(separator: "\n")
            guard let line = lines.first(where: { $0.hasPrefix("Model:") }) else { return nil }
            return String(line.dropFirst(6).drop(while: { $0 == " " || $0 == "\t" }))
        }.sorted()
    }
}
