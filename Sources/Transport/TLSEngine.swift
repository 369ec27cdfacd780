import COpenSSL
import TLSStream

/// The TLS of one link between coordinator and agent: a session that proves the shared key.
///
/// After an error what ``takeOutput()`` would give is to be thrown away with the engine: no alert is
/// ever sent.
final class TLSEngine {
    private let session: TLSSession
    private(set) var isEstablished = false

    /// RFC 8446, section 7.5: labels without registration begin with EXPERIMENTAL.
    private static let exporterLabel = "EXPERIMENTAL legato role"

    init(context: TLSContext, side: TLSSession.Side) { session = context.makeSession(side) }

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

    /// The plaintext of the next record; nil when the bytes do not hold a whole one.
    func read() throws(TransportError) -> [UInt8]? {
        // Asked after every read that gave something: a call and a buffer less.
        guard session.holdsInput else { return nil }
        var result = Result<TLSSession.Reading, TLSFault>.success(.needsInput)
        let bytes = [UInt8](unsafeUninitializedCapacity: TLSSession.recordBytes) { buffer, count in
            do throws(TLSFault) {
                let reading = try session.read(into: UnsafeMutableRawBufferPointer(buffer))
                if case .bytes(let found) = reading { count = found }
                result = .success(reading)
            } catch { result = .failure(error) }
        }
        switch result {
        case .success(.bytes): return bytes
        case .success(.needsInput): return nil
        case .success(.ended): throw .peerClosed(midFrame: false)
        case .failure(let fault): throw TransportError(fault)
        }
    }

    /// Encrypts `bytes`; ``takeOutput()`` has the records.
    func write(_ bytes: [UInt8]) throws(TransportError) {
        do throws(TLSFault) {
            try session.write(bytes[...])
        } catch { throw TransportError(error) }
    }

    /// The bytes for the network, each once.
    func takeOutput() -> [UInt8] { session.takeOutput() }

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
        // Who shows a certificate holds no key: what is wrong with it says nothing.
        if case .certificate = fault {
            self = .tls("certificate verify failed")
        } else {
            self = .tls(fault.words)
        }
    }
}
