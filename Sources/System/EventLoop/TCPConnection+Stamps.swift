import CLibUV
import Glibc

extension TCPConnection {
    /// Asks the kernel to stamp what arrives, and reads by recvmsg from now on, which is how the
    /// stamps are told; ``lastReceipt`` has them. Where that is impossible, reading goes on
    /// unstamped.
    ///
    /// The readings pass by libuv's streams: a duplicate of the descriptor is polled, because libuv
    /// watches a descriptor once. Writing stays as it was.
    package func stampReceives() {
        preconditionOpen()
        guard stampedReader == nil else { return }
        var descriptor: CInt = -1
        guard uv_fileno(handle, &descriptor) == 0,
            EventLoop.stampReceives(of: descriptor)
        else { return }
        let duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0 else { return }
        guard let poller = try? Poller(loop: loop, fd: duplicate) else {
            // Unstamped reading needs no second descriptor: nothing is lost.
            Glibc.close(duplicate)
            return
        }
        stampedReader = poller
        if isReading { switchToStampedReading() }
    }

    func switchToStampedReading() {
        uv_read_stop(raw.assumingMemoryBound(to: uv_stream_t.self))
        stampedReader?.start(readable: true, writable: false) { [unowned self] _ in readStamped() }
    }

    /// One read a wake-up: a read has one stamp, of its last segment, so reading on would only join
    /// more under one stamp.
    private func readStamped() {
        guard let stampedReader else { return }
        let (count, receipt) = loop.receive(stampedReader.descriptor)
        if count == Int(-EAGAIN) || count == Int(-EINTR) { return }
        if count == 0 { return received(Int(UV_EOF.rawValue), nil) }
        guard count > 0 else { return received(count, nil) }
        lastReceipt = receipt
        received(count, loop.readBuffer.baseAddress)
    }
}
