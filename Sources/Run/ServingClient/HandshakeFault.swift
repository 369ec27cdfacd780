import EventLoop
import TLSStream

/// Why a TLS handshake with a server failed.
enum HandshakeFault: Error, Hashable {
    case tls(TLSFault)
    /// The first bytes are no TLS.
    case notTLS(isHTTP: Bool)
    /// The server closed the connection.
    case closed
    case system(SystemError)

    /// One sentence that names the target, what is wrong and what to do.
    func sentence(_ target: Target) -> String {
        switch self {
        case .tls(.certificate(let fault)): Self.sentence(target, fault)
        case .tls(.alert("no application protocol")):
            "\(target) does not speak HTTP/1.1 there, and this client speaks nothing newer; give "
                + "the URL of one that does"
        case .tls(.alert(let words)):
            "\(target) refused the TLS handshake (\(words)); its own log says why"
        case .tls(.failed(let words)):
            "the TLS handshake with \(target) failed (\(words)); does it speak TLS 1.2 or "
                + "1.3 there?"
        case .notTLS(isHTTP: true):
            "\(target) answers in plain HTTP; write http:// instead of https://"
        case .notTLS(isHTTP: false):
            "\(target) answers with something else than TLS; check the port"
        case .closed:
            "\(target) closed the connection during the TLS handshake; does it speak TLS on this "
                + "port, or is it http://?"
        case .system(let error):
            "the TLS handshake with \(target) broke off: \(error); does it speak TLS on this port, "
                + "or is it http://?"
        }
    }

    private static func sentence(_ target: Target, _ fault: CertificateFault) -> String {
        let begin = "the certificate of \(target)"
        let unverified = "or measure without verifying it (--insecure-target)"
        switch fault.kind {
        case .untrusted:
            return "\(begin) is signed by nobody that this host trusts; give the PEM file of who "
                + "signed it (--ca FILE), \(unverified)"
        case .selfSigned:
            return "\(begin) is signed by itself or by an authority that this host does not trust; "
                + "give that PEM file (--ca FILE), \(unverified)"
        case .expired: return "\(begin) has expired; renew it, \(unverified)"
        case .notYetValid:
            return "\(begin) is not valid yet; compare the clocks of both hosts, \(unverified)"
        case .wrongName:
            return "\(begin) is for another name; write the URL with a name that it was made for, "
                + unverified
        case .other:
            return "\(begin) is not accepted (\(fault.words)); replace it, \(unverified)"
        }
    }
}

extension TLSFault {
    /// One sentence, for a session that was established.
    func sentence(_ target: Target) -> String {
        switch self {
        case .alert(let words): "\(target) ended TLS with an alert: \(words)"
        case .failed(let words): "\(target) sent bytes that are no valid TLS: \(words)"
        case .certificate(let fault): "\(target) showed another certificate: \(fault.words)"
        }
    }
}
