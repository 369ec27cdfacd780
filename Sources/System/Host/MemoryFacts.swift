/// Memory that a process may still take, by the kernel's files.
package enum MemoryFacts {
    /// `MemAvailable` of /proc/meminfo, bytes; nil where it does not stand there.
    package static func available(meminfo: String) -> UInt64? {
        for line in meminfo.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 3, words[2] == "kB", let kibibytes = UInt64(words[1]) else {
                return nil
            }
            let (bytes, overflow) = kibibytes.multipliedReportingOverflow(by: 1_024)
            return overflow ? nil : bytes
        }
        return nil
    }

    /// Bytes that a control group with these `memory.max` and `memory.current` may still take; nil
    /// where it has no bound, or does not say.
    package static func left(max: String, current: String) -> UInt64? {
        guard let most = UInt64(max), let used = UInt64(current) else { return nil }
        return most > used ? most - used : 0
    }
}
