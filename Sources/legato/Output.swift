import Glibc

/// Writes to the standard streams that end no run: a terminal that has gone away, or a pipe that
/// nobody reads, is an error to go on from.
enum Output {
    /// Writes all of `text`; false where the system takes no more of it.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        write(Array(text.utf8)[...], to: descriptor)
    }

    /// Writes all `bytes`; false where the system takes no more of them, with its reason in errno.
    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
        var bytes = bytes
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                guard errno == EAGAIN, waited(descriptor) else { return false }
                continue
            }
            bytes = bytes.dropFirst(count)
        }
        return true
    }

    /// Waits until a descriptor that does not block takes more.
    private static func waited(_ descriptor: Int32) -> Bool {
        var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return Glibc.poll(&poll, 1, -1) > 0 && poll.revents & Int16(POLLERR | POLLHUP) == 0
    }
}
