import CLibUV
import Glibc
import TimeBase

/// Asks whether the kernel stamps what it receives by the clock that this process reads as
/// CLOCK_REALTIME: a library that bends a process's clocks, or a sandbox, bends them for the
/// process alone, and its stamps, converted, would be off by whatever the two have drifted apart.
///
/// A datagram to itself: its stamp, converted, lies between the readings before it was sent and
/// after it came. Costs some 10 us.
final class StampWitness {
    /// How far outside of the two readings a stamp may lie, beside the error of the conversion.
    private static let tolerance = TimeSpan.microseconds(1)
    /// The kernel delivers within the sending call, as a rule.
    private static let attempts = 3

    private let descriptor: Int32
    private var count: UInt64 = 0

    /// Nil where the host has no loopback to send over, or gives no stamps.
    init?() {
        descriptor = socket(
            AF_INET,
            Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
                | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        guard legato_enable_receive_stamps(descriptor) == 0, connectToItself() else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    private func connectToItself() -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(descriptor, name, length) == 0
                    && getsockname(descriptor, name, &length) == 0
                    && connect(descriptor, name, length) == 0
            }
        }
    }

    /// Whether stamps converted by `conversion` are true; nil where none came to judge by.
    func confirms(_ conversion: RealtimeConversion) -> Bool? {
        count &+= 1
        var number = count
        let before = RawClock.now()
        guard send(descriptor, &number, 8, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)) == 8 else {
            return nil
        }
        for _ in 0..<Self.attempts {
            var found: UInt64 = 0
            var stamp = legato_receive_stamp()
            guard legato_receive_stamped(descriptor, &found, 8, &stamp) == 8, found == number,
                stamp.seconds > 0
            else { continue }
            let after = RawClock.now()
            let raw = conversion.unchecked(
                ofRealtimeNs: stamp.seconds * 1_000_000_000 + stamp.nanoseconds)
            let slack = Self.tolerance + conversion.pair.bracket
            return before - slack <= raw && raw <= after + slack
        }
        return nil
    }
}

/// When a loop asks its ``StampWitness``: ten times a second while stamps come, a ten-thousandth of
/// a core.
struct StampInquiry {
    private enum Witness {
        /// No stamp was converted yet.
        case uncalled
        /// There can be none.
        case missing
        case called(StampWitness)
    }

    /// The least distance of two answers.
    static let interval = TimeSpan.milliseconds(100)

    private var witness = Witness.uncalled
    private var last: LocalInstant?

    /// Whether stamps converted by `conversion` are true; nil where it was asked less than
    /// ``interval`` before, and where nobody can tell.
    mutating func verdict(on conversion: RealtimeConversion, at now: LocalInstant) -> Bool? {
        if let last, now - last < Self.interval { return nil }
        last = now
        if case .uncalled = witness { witness = StampWitness().map(Witness.called) ?? .missing }
        guard case .called(let witness) = witness else { return nil }
        return witness.confirms(conversion)
    }
}
