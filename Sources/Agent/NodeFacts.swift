import EventLoop
import Glibc
import Wire

/// What an agent tells of its host, read from /proc and /sys.
enum NodeFacts {
    /// The facts of this host; what cannot be read is empty.
    static func read() -> HostFacts {
        let cost = ClockReadingCost.measured()
        return HostFacts(
            hostname: hostname, kernel: firstLine(of: "/proc/sys/kernel/osrelease"),
            clockSource: firstLine(
                of: "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            clockReadingNs: UInt32(clamping: cost.rawNs),
            readsClockBySystemCall: cost.isSystemCall,
            cores: UInt16(clamping: sysconf(Int32(_SC_NPROCESSORS_ONLN))),
            memoryBytes: UInt64(max(0, sysconf(Int32(_SC_PHYS_PAGES))))
                * UInt64(max(0, sysconf(Int32(_SC_PAGESIZE)))),
            gpus: gpus)
    }

    /// The kernel's name for this boot.
    static var bootID: String { firstLine(of: "/proc/sys/kernel/random/boot_id") }

    /// The kernel's name for the time namespace, such as `time:[4026531834]`; empty where it has none.
    static var timeNamespace: String {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = readlink("/proc/self/ns/time", &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }

    static var hostname: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return text(buffer)
    }

    /// Models of NVIDIA GPUs as their driver lists them.
    private static var gpus: [String] {
        guard let folder = opendir("/proc/driver/nvidia/gpus") else { return [] }
        defer { closedir(folder) }
        var models: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            let lines = contents(of: "/proc/driver/nvidia/gpus/\(name)/information")
                .split(separator: "\n")
            guard let line = lines.first(where: { $0.hasPrefix("Model:") }) else { continue }
            models.append(String(line.dropFirst(6).drop(while: { $0 == " " || $0 == "\t" })))
        }
        return models.sorted()
    }

    private static func firstLine(of path: String) -> String {
        contents(of: path).split(separator: "\n").first.map(String.init) ?? ""
    }

    /// Up to 4 KiB of a file of the kernel; empty when it cannot be read.
    private static func contents(of path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(file, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
