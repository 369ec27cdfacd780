import Foundation
import Glibc

/// A proxy in front of a server that holds what the server sends: a loopback port whose connections
/// are carried on to another one, by a thread of its own.
final class HoldingProxy: @unchecked Sendable {
    // Unchecked: the sockets belong to the thread; what others say goes through the lock.

    /// How answers are held; times in ns.
    enum Policy: Sendable {
        case pass
        /// All that came since the first unsent byte of a connection, so long after it.
        case flush(Int64)
        /// All that came, on one clock for all connections.
        case tick(Int64)
        /// One event of a connection at a time, so long after the one before it.
        case pace(Int64)
    }

    private struct Pair {
        var near: Int32
        var far: Int32
        var held: [UInt8] = []
        /// When something of `held` is to go; nil for nothing.
        var due: Int64?
        /// When the newest event was to go, of ``Policy/pace(_:)``.
        var newest = Int64.min
        var isOver = false
    }

    let port: UInt16
    private let listener: Int32
    private let target: UInt16
    private let policy: Policy
    private let lock = NSLock()
    private var isClosed = false
    private let ended = DispatchSemaphore(value: 0)

    /// Nil where the system gives no port.
    init?(to target: UInt16, _ policy: Policy) {
        self.target = target
        self.policy = policy
        guard let listening = LoopbackSocket.listening() else { return nil }
        (listener, port) = listening
        let thread = Thread { [self] in
            carry()
            ended.signal()
        }
        thread.start()
    }

    func close() {
        lock.withLock { isClosed = true }
        ended.wait()
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private func carry() {
        var pairs: [Pair] = []
        while !lock.withLock({ isClosed }) {
            var waited = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
            for pair in pairs {
                waited.append(pollfd(fd: pair.near, events: Int16(POLLIN), revents: 0))
                let isRead = !pair.isOver
                waited.append(
                    pollfd(fd: isRead ? pair.far : -1, events: Int16(POLLIN), revents: 0))
            }
            let next = pairs.compactMap(\.due).min() ?? .max
            let patience = max(0, min(10_000_000, next == .max ? .max : next - Self.now))
            // Pacing by whole milliseconds would be no pacing: the rest of one is slept.
            if patience < 1_000_000 { usleep(UInt32(patience / 1_000)) }
            _ = poll(&waited, nfds_t(waited.count), Int32(patience / 1_000_000))
            let ready = Set(waited.filter { $0.revents != 0 }.map(\.fd))
            for index in pairs.indices { serve(&pairs[index], ready) }
            for pair in pairs where pair.near < 0 { Glibc.close(pair.far) }
            pairs.removeAll { $0.near < 0 }
            if ready.contains(listener), let pair = accepted() { pairs.append(pair) }
        }
        for pair in pairs {
            Glibc.close(pair.near)
            Glibc.close(pair.far)
        }
        Glibc.close(listener)
    }

    private func serve(_ pair: inout Pair, _ ready: Set<Int32>) {
        if ready.contains(pair.near) {
            let bytes = LoopbackSocket.read(pair.near)
            if bytes.isEmpty || !LoopbackSocket.write(bytes[...], to: pair.far) {
                return drop(&pair)
            }
        }
        if !pair.isOver, ready.contains(pair.far) {
            let bytes = LoopbackSocket.read(pair.far)
            if bytes.isEmpty { pair.isOver = true }
            pair.held += bytes
            plan(&pair)
        }
        let now = Self.now
        while let due = pair.due, due <= now {
            let count = released(pair)
            guard LoopbackSocket.write(pair.held[..<count], to: pair.near) else {
                return drop(&pair)
            }
            pair.held.removeFirst(count)
            pair.newest = due
            pair.due = nil
            plan(&pair)
        }
        if pair.isOver, pair.held.isEmpty { drop(&pair) }
    }

    private func plan(_ pair: inout Pair) {
        guard pair.due == nil, !pair.held.isEmpty else { return }
        let now = Self.now
        pair.due =
            switch policy {
            case .pass: now
            case .flush(let period): now + period
            case .tick(let period): (now / period + 1) * period
            case .pace(let period): max(now, pair.newest == .min ? now : pair.newest + period)
            }
    }

    /// Bytes that go at once: up to the end of the first event where events are paced.
    private func released(_ pair: Pair) -> Int {
        guard case .pace = policy else { return pair.held.count }
        // The blank line behind an event, and the end of its chunk.
        let end: [UInt8] = Array("\n\n\r\n".utf8)
        let index = pair.held.indices.first { pair.held[$0...].starts(with: end) }
        return index.map { $0 + end.count } ?? pair.held.count
    }

    private func drop(_ pair: inout Pair) {
        Glibc.close(pair.near)
        pair.near = -1
    }

    private func accepted() -> Pair? {
        let near = accept(listener, nil, nil)
        guard near >= 0 else { return nil }
        guard let far = LoopbackSocket.connected(to: target) else {
            Glibc.close(near)
            return nil
        }
        for end in [near, far] {
            var isOn: Int32 = 1
            setsockopt(
                end, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
        }
        return Pair(near: near, far: far)
    }
}
