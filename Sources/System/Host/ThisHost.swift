import Glibc
package import Journal

/// The host that this process runs on, and its clock.
package enum ThisHost {
    /// The kernel's name for this boot.
    package static var bootID: String {
        KernelFile.firstLine(of: "/proc/sys/kernel/random/boot_id")
    }

    /// The kernel's name for the time namespace, such as `time:[4026531834]`; empty where it has
    /// none.
    package static var timeNamespace: String {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = readlink("/proc/self/ns/time", &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }

    package static var hostname: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return text(buffer)
    }

    /// The clock of every stamp of this process.
    package static let clock = ClockName(
        host: hostname, bootID: bootID, timeNamespace: timeNamespace)

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
