import EventLoop
import LoopRuns
import TLSStream
import TargetFixtures
import Testing
import TimeBase
import TokenLog

@testable import ServingClient

/// Servers that must not be believed, and peers that speak something else.
@Suite(.serialized) struct RefusedCertificateTests {
    enum Fault: String, CaseIterable, Sendable {
        case wrongName, wrongAddress, expired, notYetValid, selfSigned, untrusted

        var words: String {
            switch self {
            case .wrongName, .wrongAddress: "is for another name"
            case .expired: "has expired"
            case .notYetValid: "is not valid yet"
            case .selfSigned: "is signed by itself"
            case .untrusted: "is signed by nobody that this host trusts"
            }
        }

        func gateway(_ file: AuthorityFile) -> Gateway {
            switch self {
            case .wrongName: return Gateway(file, names: "DNS:another.example")
            case .wrongAddress:
                // A name says nothing of an address.
                var gateway = Gateway(file, names: "DNS:localhost,IP:127.0.0.2")
                gateway.host = "127.0.0.1"
                return gateway
            case .expired: return Gateway(file, validity: -7_200 ..< -3_600)
            case .notYetValid: return Gateway(file, validity: 3_600..<7_200)
            case .selfSigned:
                var gateway = Gateway(file)
                gateway.certificate = TestCertificate(
                    subject: "localhost", names: TestCertificate.loopback)
                return gateway
            case .untrusted:
                var gateway = Gateway(file)
                gateway.trust.authoritiesFile = nil
                return gateway
            }
        }
    }

    private let file = AuthorityFile()

    @Test(arguments: Fault.allCases)
    func eachIsNamedWithWhatToDo(fault: Fault) async throws {
        let outcomes = try await drive(
            [[.close]], through: fault.gateway(file), until: 1
        ) { client, _ in client.send(plain(0)) }
        let sentence = try #require(outcomes.refusal)
        #expect(sentence.hasPrefix("the certificate of https://"))
        #expect(sentence.contains(fault.words), "\(sentence)")
        #expect(sentence.contains("--insecure-target"))
        #expect(outcomes.client.requests.isEmpty && outcomes.agreed == nil)
    }

    @Test(arguments: Fault.allCases)
    func eachIsTakenWhereNothingIsVerified(fault: Fault) async throws {
        var gateway = fault.gateway(file)
        gateway.trust = TLSTrust()
        gateway.trust.verifies = false
        let outcomes = try await drive(
            [[.write(eventStream(tokens: 1))]], through: gateway, until: 1
        ) { client, _ in client.send(plain(0)) }
        #expect(outcomes.client.finish(0)?.outcome == .completed)
        #expect(outcomes.agreed?.isVerified == false)
    }

    @Test func aFileWithoutACertificateIsRefused() throws {
        var trust = TLSTrust()
        for path in ["/dev/null", "/nowhere/ca.pem"] {
            trust.authoritiesFile = path
            let error = #expect(throws: TLSTrustError.self) { _ = try TLSClientContext(trust) }
            #expect(error?.description.contains(path) == true)
        }
    }

    /// Opens a client to `url` of a port that `serve` makes, and returns what it says.
    private func opening(
        _ scheme: String, timeout: Int64 = 10_000, trusting authorities: String? = nil,
        _ serve: @escaping @Sendable (EventLoop) throws -> (port: UInt16, close: () -> Void)
    ) async throws -> String? {
        let loop = try EventLoop(name: "refusal-test")
        let result: String? = await loop.runUntilDone { done in
            let server = try! serve(loop)
            let recorder = Recorder()
            var configuration = ClientConfiguration()
            configuration.timeouts.connect = .milliseconds(timeout)
            configuration.trust.authoritiesFile = authorities
            let client = ServingClient(
                loop: loop,
                targets: [try! Target(parsing: "\(scheme)://127.0.0.1:\(server.port)")],
                configuration: configuration, sink: recorder)
            let finish = { (words: String?) in
                client.close()
                server.close()
                loop.next {
                    withExtendedLifetime((client, recorder)) {
                        done(words)
                    }
                }
            }
            var wishes = TargetWishes()
            wishes.model = "m"
            TargetPreparation.begin(
                client: client, target: 0, options: RequestOptions(runID: "r", model: ""),
                wishes: wishes, progress: { _ in }
            ) { result in
                if case .failure(let refusal) = result { return finish("\(refusal)") }
                finish(nil)
            }
        }
        return result
    }

    /// Servers that do not speak TLS answer a hello in their own ways, and each is named.
    @Test(arguments: [
        (["HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"], false, "answers in plain HTTP"),
        (["SSH-2.0-OpenSSH_9.2\r\n"], false, "something else than TLS"),
        ([], true, "closed the connection during the TLS handshake"),
    ])
    func peersWithoutTLSAreNamed(writes: [String], closes: Bool, words: String) async throws {
        let sentence = try await opening("https") { loop in
            var sockets: [TCPConnection] = []
            let listener = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { socket in
                sockets.append(socket)
                socket.startReading { _ in
                    for text in writes { socket.write(Array(text.utf8)) }
                    if closes { socket.shutdownWrite() }
                } onEnd: { _ in
                    socket.close()
                }
            }
            return (
                listener.localPort,
                {
                    for socket in sockets { socket.close() }
                    listener.close()
                }
            )
        }
        #expect(sentence?.contains(words) == true, "\(sentence ?? "")")
        #expect(sentence?.contains("https://127.0.0.1:") == true)
    }

    @Test func aHandshakeThatStallsRunsIntoTheConnectLimit() async throws {
        let sentence = try await opening("https", timeout: 60) { loop in
            var sockets: [TCPConnection] = []
            let listener = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) {
                sockets.append($0)
            }
            return (
                listener.localPort,
                {
                    for socket in sockets { socket.close() }
                    listener.close()
                }
            )
        }
        #expect(sentence?.contains("cannot finish the TLS handshake") == true, "\(sentence ?? "")")
    }

    @Test func aResetInTheHandshakeIsNamed() async throws {
        let sentence = try await opening("https") { loop in
            let server = try ResettingServer(loop: loop)
            return (server.port, { server.close() })
        }
        #expect(sentence?.contains("ECONNRESET") == true, "\(sentence ?? "")")
        #expect(sentence?.contains("TLS handshake") == true)
    }

    @Test func aServerOfTLSBehindAPlainURLIsNamed() async throws {
        let certificate = TestCertificate(subject: "a", names: TestCertificate.loopback)
        let sentence = try await opening("http") { loop in
            let forwarder = try TLSForwarder(loop: loop, certificate: certificate, backend: 9)
            return (forwarder.port, { forwarder.close() })
        }
        #expect(sentence?.contains("write https://") == true, "\(sentence ?? "")")
    }

    @Test(
        arguments: [
            (.http2, "does not speak HTTP/1.1"), (.clientCertificate, "certificate required"),
        ] as [(TestServerContext.Demand, String)])
    func aDemandThatCannotBeMetIsNamed(
        demand: TestServerContext.Demand, words: String
    ) async throws {
        let file = file
        let certificate = TestCertificate(
            subject: "a", names: TestCertificate.loopback, issuer: file.authority)
        let sentence = try await opening("https", trusting: file.path) { loop in
            let forwarder = try TLSForwarder(
                loop: loop, certificate: certificate, demand: demand, backend: 9)
            return (forwarder.port, { forwarder.close() })
        }
        #expect(sentence?.contains(words) == true, "\(sentence ?? "")")
    }

    @Test func anAlertBehindAPlainURLIsNamed() async throws {
        let outcomes = try await drive([[.write("\u{15}\u{3}\u{3}\0\u{2}\u{2}\u{46}")]], until: 1) {
            client, _ in client.open { _ in client.send(plain(0)) }
        }
        let error = try #require(outcomes.finish(0)?.error)
        #expect(error.kind == .malformed && error.detail.contains("write https://"))
    }

    /// A request that has to open its own connection fails as one that could not connect.
    @Test func aRequestThatMeetsABadCertificateFailsAsConnect() async throws {
        var gateway = Gateway(file)
        gateway.trust.authoritiesFile = nil
        let forbidden = gateway
        let outcomes = try await drive([[.close]], until: 1) { client, recorder in
            let forwarder = try! TLSForwarder(
                loop: client.loop, certificate: forbidden.certificate, backend: 9)
            let other = ServingClient(
                loop: client.loop,
                targets: [try! Target(parsing: "https://localhost:\(forwarder.port)")],
                sink: recorder)
            other.open { _ in other.send(plain(0)) }
            recorder.onFinish = { _ in
                other.close()
                forwarder.close { withExtendedLifetime((other, forwarder)) {} }
            }
        }
        let error = try #require(outcomes.finish(0)?.error)
        #expect(error.kind == .connect && error.detail.contains("--ca"))
        #expect(outcomes.sent.isEmpty)
    }
}
