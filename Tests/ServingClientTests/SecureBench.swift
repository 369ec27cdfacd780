import EventLoop
import LoopRuns
import TLSStream
import TargetFixtures
import TokenLog

@testable import ServingClient

/// A gateway that speaks TLS in front of a scripted server, and who trusts it.
struct Gateway: Sendable {
    /// Its URL's host, and where it listens.
    var host = "localhost"
    var address = "127.0.0.1"
    var certificate: TestCertificate
    var trust = TLSTrust()
    var speaksTLS12 = false
    var manner = TLSForwarder.Manner.orderly

    /// A gateway whose certificate is signed by `file`'s authority, which is trusted.
    init(
        _ file: AuthorityFile, names: String = TestCertificate.loopback,
        validity: Range<Int> = -3_600..<86_400
    ) {
        certificate = TestCertificate(
            subject: "a server of a test", names: names, issuer: file.authority,
            validity: validity)
        trust.authoritiesFile = file.path
    }
}

/// The results that a test gets back from a client behind a gateway.
struct SecureOutcomes: Sendable {
    var client: Outcomes
    var clients: [TLSForwarder.Client] = []
    var accepted = 0
    var agreed: TLSAgreement?
    /// The error that opening the client ended with.
    var refusal: String?
}

/// Opens a client through `gateway` and lets `body` send, until `count` requests have finished or
/// the client could not be opened.
func drive(
    _ scripts: [[ServerAct]], through gateway: Gateway, until count: Int,
    configuration: ClientConfiguration = .init(),
    _ body: @escaping @Sendable (ServingClient, Recorder) -> Void
) async throws -> SecureOutcomes {
    let loop = try EventLoop(name: "secure-test")
    let outcomes = await loop.runUntilDone { done in
        let server = try! ScriptedServer(loop: loop, scripts: scripts)
        let forwarder = try! TLSForwarder(
            loop: loop, host: gateway.address, certificate: gateway.certificate,
            speaksTLS12: gateway.speaksTLS12, manner: gateway.manner, backend: server.port)
        let recorder = Recorder()
        let target = try! Target(parsing: "https://\(gateway.host):\(forwarder.port)")
        var configuration = configuration
        configuration.trust = gateway.trust
        let client = ServingClient(
            loop: loop, targets: [target], configuration: configuration, sink: recorder)
        let finish = { (refusal: String?) in
            loop.next {
                var outcomes = SecureOutcomes(client: Outcomes(recorder))
                outcomes.client.requests = server.requests
                outcomes.client.accepted = server.accepted
                outcomes.clients = forwarder.clients
                outcomes.accepted = forwarder.accepted
                outcomes.agreed = client.agreedTLS[0]
                outcomes.refusal = refusal
                client.close()
                server.close()
                forwarder.close {
                    withExtendedLifetime((client, recorder, server, forwarder)) {
                        done(outcomes)
                    }
                }
            }
        }
        client.open { errors in
            if let error = errors[0] { return finish(error.description) }
            body(client, recorder)
            let before = recorder.onFinish
            recorder.onFinish = { record in
                before(record)
                if recorder.finished.count == count { finish(nil) }
            }
        }
    }
    return outcomes
}
