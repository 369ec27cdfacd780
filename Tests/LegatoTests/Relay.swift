import Foundation
import Glibc

/// A link between an agent and its coordinator that breaks when it is told to: a loopback port
/// whose connections are carried on to another one, by a thread of its own.
final class Relay: @unchecked Sendable {
    // Unchecked: the sockets belong to the thread; what others say goes through the lock.
    private struct Pair {
        var near: Int32
        var far: Int32
        /// Nothing is carried on any more, and nobody is told.
        var isDead = false
        /// A bit of what comes next is turned.
        var isNoisy = false
    }

    private enum Order { case reset, silence, heal, corrupt }

    let port: UInt16
    private let listener: Int32
    private let target: UInt16
    private let lock = NSLock()
    private var orders: [Order] = []
    private var isOver = false
    private let ended = DispatchSemaphore(value: 0)

    /// Nil where the system gives no port.
    init?(to target: UInt16) {
        self.target = target
        guard let listening = LoopbackSocket.listening() else { return nil }
        (listener, port) = listening
        let thread = Thread { [self] in
            carry()
            ended.signal()
        }
        thread.start()
    }

    /// Resets every connection; new ones are carried.
    func reset() { tell(.reset) }

    /// Every connection, and every new one, carries nothing from now on.
    func silence() { tell(.silence) }

    /// New connections are carried again; those that went silent stay so.
    func heal() { tell(.heal) }

    /// Turns one bit of what each connection carries next, whichever way.
    func corrupt() { tell(.corrupt) }

    func close() {
        lock.withLock { isOver = true }
        ended.wait()
    }

    private func tell(_ order: Order) { lock.withLock { orders.append(order) } }

    private func carry() {
        var pairs: [Pair] = []
        var isSilent = false
        while true {
            let (told, over) = lock.withLock {
                defer { orders = [] }
                return (orders, isOver)
            }
            if over { break }
            for order in told {
                switch order {
                case .reset:
                    for pair in pairs { Self.resetBoth(pair) }
                    pairs = []
                case .silence:
                    isSilent = true
                    for index in pairs.indices { pairs[index].isDead = true }
                case .heal: isSilent = false
                case .corrupt:
                    for index in pairs.indices { pairs[index].isNoisy = true }
                }
            }
            var waited = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
            for pair in pairs where !pair.isDead {
                waited.append(pollfd(fd: pair.near, events: Int16(POLLIN), revents: 0))
                waited.append(pollfd(fd: pair.far, events: Int16(POLLIN), revents: 0))
            }
            guard poll(&waited, nfds_t(waited.count), 10) > 0 else { continue }
            let ready = Set(waited.filter { $0.revents != 0 }.map(\.fd))
            if ready.contains(listener), let pair = accepted(isDead: isSilent) {
                pairs.append(pair)
            }
            for index in pairs.indices where !pairs[index].isDead {
                let isMoved = Self.carry(&pairs[index], ready)
                if !isMoved {
                    Glibc.close(pairs[index].near)
                    Glibc.close(pairs[index].far)
                    pairs[index].near = -1
                }
            }
            pairs.removeAll { $0.near < 0 }
        }
        for pair in pairs { Self.resetBoth(pair) }
        Glibc.close(listener)
    }

    private func accepted(isDead: Bool) -> Pair? {
        let near = accept(listener, nil, nil)
        guard near >= 0 else { return nil }
        guard let far = LoopbackSocket.connected(to: target) else {
            Glibc.close(near)
            return nil
        }
        return Pair(near: near, far: far, isDead: isDead)
    }

    /// Moves what is there both ways; false at the end of either.
    private static func carry(_ pair: inout Pair, _ ready: Set<Int32>) -> Bool {
        for (from, to) in [(pair.near, pair.far), (pair.far, pair.near)] where ready.contains(from)
        {
            guard move(from, to, isNoisy: pair.isNoisy) else { return false }
            pair.isNoisy = false
        }
        return true
    }

    /// Moves what is there; false at the end.
    private static func move(_ from: Int32, _ to: Int32, isNoisy: Bool) -> Bool {
        var bytes = LoopbackSocket.read(from)
        guard !bytes.isEmpty else { return false }
        if isNoisy { bytes[bytes.count / 2] ^= 0x10 }
        return LoopbackSocket.write(bytes[...], to: to)
    }

    private static func resetBoth(_ pair: Pair) {
        for end in [pair.near, pair.far] {
            var now = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                end, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
            Glibc.close(end)
        }
    }
}
