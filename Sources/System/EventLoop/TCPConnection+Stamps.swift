import CLibUV
import Glibc
package import TimeBase

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
            legato_enable_receive_stamps(descriptor) == 0
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
        var stamp = legato_receive_stamp()
        let count = legato_receive_stamped(
            stampedReader.descriptor, loop.readBuffer.baseAddress, loop.readBuffer.count, &stamp)
        if count == Int(-EAGAIN) || count == Int(-EINTR) { return }
        if count == 0 { return received(Int(UV_EOF.rawValue), nil) }
        guard count > 0 else { return received(count, nil) }
        let read = LocalInstant(ns: stamp.read_ns)
        let kernel =
            stamp.seconds > 0
            ? loop.realtimeConversion(at: read).raw(
                ofRealtimeNs: stamp.seconds * 1_000_000_000 + stamp.nanoseconds) : nil
        lastReceipt = Receipt(read: read, kernel: kernel)
        received(count, loop.readBuffer.baseAddress)
    }
}

/// When a read was done, and what the kernel says of it.
package struct Receipt: Hashable, Sendable {
    /// Taken as the call returned, before anything else.
    package var read: LocalInstant
    /// The kernel's stamp of the last segment; nil where it gave none that can be converted.
    package var kernel: LocalInstant?
}

/// Converts the kernel's CLOCK_REALTIME stamps to CLOCK_MONOTONIC_RAW.
package struct RealtimeConversion: Hashable, Sendable {
    /// Read a moment ago.
    var pair: ClockPair
    /// Whether CLOCK_REALTIME was stepped since the reading before.
    var isStepped: Bool
    /// Whether the kernel stamps by another clock than this process reads, see ``StampWitness``.
    var isForeign = false

    /// Two readings may part by this beyond what slewing explains: their brackets, and scheduling.
    private static let tolerance = TimeSpan.microseconds(1)
    /// The drift that slewing and the oscillator explain, in parts per million.
    private static let driftPPM: Int64 = 600

    /// The first reading.
    init(pair: ClockPair) {
        self.pair = pair
        isStepped = false
    }

    /// A later reading: the kernel slews REALTIME by at most 500 ppm, and RAW's oscillator is off
    /// by less than 100; a step moves it by anything.
    func next(_ pair: ClockPair) -> RealtimeConversion {
        var next = RealtimeConversion(pair: pair)
        let elapsed = (pair.raw - self.pair.raw).ns
        let moved = pair.otherNs - self.pair.otherNs - elapsed
        let allowed =
            Self.tolerance.ns + elapsed / 1_000_000 * Self.driftPPM
            + (pair.bracket + self.pair.bracket).ns
        next.isStepped = abs(moved) > allowed
        return next
    }

    /// The stamp on RAW, which may lie after the reading when more came while the wake-up was
    /// worked through; nil when it would be converted across a step, or from another clock.
    package func raw(ofRealtimeNs stamp: Int64) -> LocalInstant? {
        isStepped || isForeign ? nil : unchecked(ofRealtimeNs: stamp)
    }

    /// The stamp on RAW if it can be converted at all.
    func unchecked(ofRealtimeNs stamp: Int64) -> LocalInstant {
        pair.raw - TimeSpan(ns: pair.otherNs &- stamp)
    }
}
