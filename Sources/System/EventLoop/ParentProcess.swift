import CLibUV
import Glibc

/// The process that started this one, as long as it lives.
///
/// A pipe whose writing end only the parent has tells its end however it came about, and to a child
/// that was not there yet: the end of file stays. The kernel's own signal comes besides.
package final class ParentProcess {
    private let poller: Poller
    private let descriptor: Int32

    /// Calls `body` once, on the loop, when the parent is gone.
    ///
    /// - Parameter descriptor: the pipe's reading end, inherited; closed here at the end.
    package init(
        loop: EventLoop, descriptor: Int32, ended body: @escaping () -> Void
    ) throws(SystemError) {
        self.descriptor = descriptor
        // No child of this process is to hold it.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        poller = try Poller(loop: loop, fd: descriptor)
        poller.start(readable: true, writable: false) { [poller] _ in
            poller.stop()
            body()
        }
        legato_signal_at_parents_end(SIGTERM)
    }

    package func close() {
        poller.close()
        Glibc.close(descriptor)
    }
}
