import Glibc

/// What this process has used so far.
enum ProcessTime {
    /// CPU time of all threads, user and system, ns.
    static var cpuNs: UInt64 {
        var now = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0 else { return 0 }
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }
}
