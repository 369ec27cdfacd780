import CReceiver
package import TimeBase

/// CPU time of a thread, as the kernel divides it: by clock ticks, so exact only over many of them.
package struct ThreadUsage: Hashable, Sendable {
    package var user = TimeSpan.zero
    package var system = TimeSpan.zero

    /// The calling thread's so far.
    static var now: ThreadUsage {
        var usage = ThreadUsage()
        legato_thread_usage(&usage.user.ns, &usage.system.ns)
        return usage
    }

    static func - (end: ThreadUsage, begin: ThreadUsage) -> ThreadUsage {
        ThreadUsage(user: end.user - begin.user, system: end.system - begin.system)
    }
}
