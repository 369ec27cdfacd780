import EventLoop
import Glibc
import TLSStream
import TokenLog

/// The TLS of one connection to a server: plain bytes of requests and answers on one side, records
/// on the socket's.
///
/// Reading stays with the connection, which reads with the kernel's stamps. Writing is here,
/// because records that the kernel did not take must go out before any others.
final class SecureChannel {
    /// The result of sending records.
    enum Sending: Hashable {
        case done
        /// The kernel takes no more; try again when the socket is writable.
        case blocked
        /// `errno`.
        case failed(Int32)
    }

    /// Why no more plain bytes will come.
    enum End: Hashable {
        /// The server said so (close_notify).
        case closed
        case fault(TLSFault)
    }

    /// Plain bytes that are sealed at once: several records, so that one system call takes them.
    private static let sealedAtOnce = 4 * TLSSession.recordBytes
    /// Room for what one read can complete: all of its records, and one that had begun before.
    static let openedBytes = EventLoop.readBufferSize + TLSSession.recordBytes

    /// Whether nothing more may be sent: the server has ended the session, or it failed.
    private(set) var isOver = false

    private let session: TLSSession
    private var sealed: [UInt8] = []
    private var sealedSent = 0
    private var hasHeard = false

    init(_ session: TLSSession) { self.session = session }

    var isEstablished: Bool { session.isEstablished }
    /// Whether records wait for room in the kernel.
    var hasUnsent: Bool { sealedSent < sealed.count || session.holdsOutput }

    /// The version and the cipher suite that the handshake agreed on.
    func agreement(isVerified: Bool) -> TLSAgreement {
        TLSAgreement(version: session.version, cipher: session.cipher, isVerified: isVerified)
    }

    /// Goes on with the handshake, with `bytes` of the server; true when it is complete.
    ///
    /// In both cases, and after a failure too, ``flush(to:)`` has something to send.
    func handshake(_ bytes: UnsafeRawBufferPointer) throws(HandshakeFault) -> Bool {
        if !hasHeard, let first = bytes.first {
            hasHeard = true
            // RFC 8446, section 5.1: what a server sends first is a handshake record or an alert.
            guard first == 22 || first == 21 else {
                isOver = true
                throw .notTLS(isHTTP: bytes.starts(with: "HTTP".utf8))
            }
        }
        session.add(bytes)
        do throws(TLSFault) {
            return try session.advanceHandshake()
        } catch {
            isOver = true
            throw .tls(error)
        }
    }

    /// Seals the next of `bytes` from `offset` on.
    ///
    /// - Returns: how many it took.
    func seal(_ bytes: [UInt8], from offset: Int) throws(TLSFault) -> Int {
        let count = min(Self.sealedAtOnce, bytes.count - offset)
        do throws(TLSFault) {
            try session.write(bytes[offset..<offset + count])
        } catch {
            isOver = true
            throw error
        }
        return count
    }

    /// Sends the records that are ready.
    func flush(to descriptor: Int32) -> Sending {
        while true {
            if sealedSent == sealed.count {
                guard session.holdsOutput else { return .done }
                sealed = session.takeOutput()
                sealedSent = 0
            }
            let count = sealed.withUnsafeBytes { bytes in
                send(
                    descriptor, bytes.baseAddress! + sealedSent, bytes.count - sealedSent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count > 0 {
                sealedSent += count
            } else if errno == EAGAIN || errno == EWOULDBLOCK {
                return .blocked
            } else if errno != EINTR {
                return .failed(errno)
            }
        }
    }

    /// Opens the records that `bytes` complete, one after the other, into `plain`, which has room
    /// for ``openedBytes``.
    ///
    /// - Returns: how many plain bytes came, and why no more will, nil while more can.
    func open(
        _ bytes: UnsafeRawBufferPointer, into plain: UnsafeMutableRawBufferPointer
    ) -> (count: Int, end: End?) {
        session.add(bytes)
        var filled = 0
        do throws(TLSFault) {
            while session.holdsInput, filled < plain.count {
                let room = UnsafeMutableRawBufferPointer(rebasing: plain[filled...])
                switch try session.read(into: room) {
                case .bytes(let count): filled += count
                case .needsInput: return (filled, nil)
                case .ended:
                    isOver = true
                    return (filled, .closed)
                }
            }
        } catch {
            isOver = true
            return (filled, .fault(error))
        }
        return (filled, nil)
    }

    /// Says goodbye as far as the kernel takes it at once.
    func close(_ descriptor: Int32) {
        guard isEstablished else { return }
        session.close()
        _ = flush(to: descriptor)
    }
}
