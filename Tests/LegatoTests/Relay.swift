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
        guard let listening = Self.listening() else { return nil }
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
        let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let isThere = Self.with(port: target) { connect(far, $0, $1) == 0 }
        guard isThere else {
            Glibc.close(near)
            Glibc.close(far)
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
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(from, &bytes, bytes.count)
        guard count > 0 else { return false }
        if isNoisy { bytes[count / 2] ^= 0x10 }
        var sent = 0
        while sent < count {
            let more = bytes[sent..<count].withUnsafeBytes {
                send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard more > 0 else { return false }
            sent += more
        }
        return true
    }

    private static func resetBoth(_ pair: Pair) {
        for end in [pair.near, pair.far] {
            var now = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                end, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
            Glibc.close(end)
        }
    }

    private static func listening() -> (socket: Int32, port: UInt16)? {
        let opened = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard opened >= 0, with(port: 0, { bind(opened, $0, $1) == 0 }), listen(opened, 16) == 0
        else { return nil }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isNamed = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(opened, $0, &length) == 0
            }
        }
        return isNamed ? (opened, UInt16(bigEndian: address.sin_port)) : nil
    }

    private static func with(
        port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
