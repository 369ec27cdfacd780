import COpenSSL
import TLSStream

/// The TLS of one link between coordinator and agent: a session that proves the shared key.
///
/// After an error what ``sendOutput(_:)`` would give is to be thrown away with the engine: no alert
/// is ever sent.
final class TLSEngine {
    private let session: TLSSession
    private let context: TLSContext
    private(set) var isEstablished = false

    /// RFC 8446, section 7.5: labels without registration begin with EXPERIMENTAL.
    private static let exporterLabel = "EXPERIMENTAL legato role"

    init(context: TLSContext, side: TLSSession.Side) {
        self.context = context
        session = context.makeSession(side)
    }

    /// Adds bytes of the network; ``advanceHandshake()`` or ``read()`` work on them.
    func add(_ bytes: UnsafeRawBufferPointer) { session.add(bytes) }

    /// Goes on with the handshake as far as the bytes reach; true when it is complete.
    ///
    /// Throws when it failed, or when it completed without the pre-shared key.
    func advanceHandshake() throws(TransportError) -> Bool {
        do throws(TLSFault) {
            guard try session.advanceHandshake() else { return false }
        } catch { throw TransportError(error) }
        // Set when a key was accepted from the other side; a certificate would have left it unset.
        guard session.withSSL({ SSL_session_reused($0) }) == 1 else { throw .pskNotUsed }
        isEstablished = true
        return true
    }

    /// The plaintext of the next record, valid until any session of the context reads again; nil
    /// when the bytes do not hold a whole one.
    func read() throws(TransportError) -> UnsafeRawBufferPointer? {
        // Asked after every read that gave something: a call less.
        guard session.holdsInput else { return nil }
        let reading: TLSSession.Reading
        do throws(TLSFault) {
            reading = try session.read(into: context.plaintext)
        } catch { throw TransportError(error) }
        switch reading {
        case .bytes(let count):
            return UnsafeRawBufferPointer(rebasing: context.plaintext[..<count])
        case .needsInput: return nil
        case .ended: throw .peerClosed(midFrame: false)
        }
    }

    /// Encrypts `bytes`; ``sendOutput(_:)`` has the records.
    func write(_ bytes: UnsafeRawBufferPointer) throws(TransportError) {
        do throws(TLSFault) {
            try session.write(bytes)
        } catch { throw TransportError(error) }
    }

    /// The same of an array.
    func write(_ bytes: [UInt8]) throws(TransportError) {
        do throws(TLSFault) {
            try session.write(bytes[...])
        } catch { throw TransportError(error) }
    }

    /// Hands the bytes for the network to `body`, each once; valid during the call only.
    func sendOutput(_ body: (UnsafeRawBufferPointer) -> Void) { session.sendOutput(body) }

    /// 32 bytes that only the two ends of this session know (RFC 8446, section 7.5).
    func exporter() -> [UInt8] {
        precondition(isEstablished, "a session has an exporter once it is established")
        var secret = [UInt8](repeating: 0, count: 32)
        let result = session.withSSL { ssl in
            SSL_export_keying_material(
                ssl, &secret, secret.count, Self.exporterLabel, Self.exporterLabel.utf8.count,
                nil, 0, 0)
        }
        precondition(result == 1, "OpenSSL has no exporter for an established session")
        return secret
    }
}

extension TransportError {
    fileprivate init(_ fault: TLSFault) {
        // A peer that shows a certificate holds no key: the certificate's fault explains nothing.
        if case .certificate = fault {
            self = .tls("certificate verify failed")
        } else {
            self = .tls(fault.words)
        }
    }
}
