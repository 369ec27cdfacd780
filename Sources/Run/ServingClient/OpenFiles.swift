import Glibc

/// How many files, and so connections, this process may hold open.
package enum OpenFiles {
    /// Files that are kept for everything but connections to targets.
    package static let reserve = 128

    /// Raises the soft limit to the hard one, which needs no privilege.
    ///
    /// - Returns: the limit that then holds.
    package static func raiseLimit() -> Int {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(files, &limit) == 0 else { return 1_024 }
        if limit.rlim_cur < limit.rlim_max {
            let before = limit.rlim_cur
            limit.rlim_cur = limit.rlim_max
            // Where it is refused the old limit holds.
            if setrlimit(files, &limit) != 0 { limit.rlim_cur = before }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
