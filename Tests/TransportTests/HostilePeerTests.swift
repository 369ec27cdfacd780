import EventLoop
import Testing
import TimeBase
import Wire

@testable import Transport

@Suite struct HostilePeerTests {
    static let silentEnd =
        "closed: the peer closed the connection during the handshake; check that both sides have "
        + "the same token and that both or neither say --insecure"

    @Test func wrongTokenIsRefusedInSilence() async throws {
        let text = try await Network.run { network in
            network.awaitLines(2)
            let address = try network.listen(security: .tested) { _ in network.hear("up") }
            _ = network.connect(to: address, security: .another).onUp = { network.hear("up") }
        }
        #expect(text.contains(Self.silentEnd))
        #expect(text.contains("refused: TLS failed: "))
    }

    @Test func plainClientMeetsATLSServer() async throws {
        let text = try await Network.run { network in
            network.awaitLines(2)
            let address = try network.listen(security: .tested) { _ in network.hear("up") }
            _ = network.connect(to: address, security: .local)
        }
        #expect(
            text == Self.silentEnd
                + "\nrefused: the peer did not begin a handshake of legato: it speaks without TLS "
                + "(--insecure)")
    }

    @Test func tlsClientMeetsAPlainServer() async throws {
        let text = try await Network.run { network in
            network.awaitLines(2)
            let address = try network.listen(security: .local) { _ in network.hear("up") }
            _ = network.connect(to: address, security: .tested)
        }
        #expect(
            text.contains("closed: the peer did not begin a handshake of legato: it speaks without")
        )
        #expect(
            text.contains("refused: the peer did not begin a handshake of legato: it speaks TLS"))
    }

    /// Whoever holds the token but has the same role, as in a session sent back to its sender.
    @Test(arguments: [Role.coordinator, .agent], [Security.tested, .local])
    func sameRoleIsRefused(role: Role, security: Security) async throws {
        let text = try await Network.run { network in
            network.awaitLines(2)
            let address = try network.listen(security: security, role: role) { _ in
                network.hear("up")
            }
            _ =
                network.connect(to: address, security: security, role: role).onUp = {
                    network.hear("up")
                }
        }
        #expect(text.contains("the peer did not prove its role: it is no "))
        #expect(!text.contains("up\n") && !text.hasSuffix("up"))
    }

    static let rubbish: [[UInt8]] = [
        Array("GET / HTTP/1.1\r\n\r\n".utf8), [0], [22, 3, 1, 0xff, 0xff], [21, 3, 3, 0, 2, 2, 40],
        [22, 3, 1, 0, 6, 1, 0xff, 0xff, 0xff, 0, 0], RecordGateTests.hello(body: 1_016),
        RecordGateTests.hello(), RecordGateTests.data(20), RecordGateTests.hello(kind: 2),
    ]

    /// Nothing is answered, not even an alert.
    @Test(arguments: rubbish)
    func rubbishIsClosedWithoutAWord(bytes: [UInt8]) async throws {
        let text = try await Network.run { network in
            network.awaitLines(2)
            let address = try network.listen(security: .tested) { _ in network.hear("up") }
            network.connectRaw(to: address) { socket in
                socket.startReading {
                    network.hear("answered \($0.count) bytes")
                } onEnd: { _ in
                    network.hear("end")
                }
                socket.write(bytes)
            }
        }
        #expect(text.hasPrefix("end\nrefused: "))
    }

    @Test func idlePeerIsClosed() async throws {
        let text = try await Network.run { network in
            network.awaitLines(2)
            var limits = TransportLimits()
            limits.patience = .milliseconds(20)
            let address = try network.listen(security: .tested, limits: limits)
            network.connectRaw(to: address) { socket in
                socket.startReading { _ in
                } onEnd: { _ in
                    network.hear("end")
                }
                // Half of a hello.
                socket.write(Array(RecordGateTests.hello().prefix(50)))
            }
        }
        #expect(text == "end\nrefused: the proof of the peer's role took too long")
    }

    @Test func silentServerIsGivenUp() async throws {
        let text = try await Network.run { network in
            network.awaitLines(1)
            var limits = TransportLimits()
            // Long enough to connect on a machine that a sanitizer slows down.
            limits.patience = .milliseconds(500)
            let address = try network.listenRaw { _ in }
            _ = network.connect(to: address, security: .tested, limits: limits)
        }
        #expect(text == "closed: the proof of the peer's role took too long")
    }

    @Test func unprovenPeersAreCounted() async throws {
        let text = try await Network.run { network in
            network.awaitLines(2)
            var limits = TransportLimits()
            limits.unproven = 3
            let address = try network.listen(security: .tested, limits: limits)
            for index in 0..<4 {
                network.connectRaw(to: address) { socket in
                    socket.startReading { _ in
                    } onEnd: { _ in
                        network.hear("end")
                    }
                    _ = index
                }
            }
        }
        #expect(
            text == "end\nrefused: 3 peers that have not proved the token are connected already")
    }

    /// A byte changed on the way ends the connection, whichever byte it is.
    @Test(arguments: [0, 7, 21, 300], [Security.tested, .local])
    func changedByteEndsTheConnection(position: Int, security: Security) async throws {
        let text = try await Network.run { network in
            network.awaitLines(1)
            let address = try network.listen(security: security) { connection in
                connection.onMessage = { _, _ in network.hear("a changed message was handed on") }
                connection.onClosed = { network.hear("\($0!)") }
            }
            var isUp = false
            let proxy = try network.proxy(to: address) { bytes in
                guard isUp else { return bytes }
                var changed = bytes
                changed[min(position, bytes.count - 1)] ^= 0x10
                return changed
            }
            let agent = network.connect(to: proxy, security: security)
            agent.onClosed = nil
            agent.onUp = {
                isUp = true
                agent.deflates = false
                agent.send(batch(1, count: 1_000))
            }
        }
        #expect(
            text.contains(
                security == .local ? "the peer sent bytes that cannot be understood" : "TLS failed")
        )
    }

    @Test func cutFrameIsNamed() async throws {
        let text = try await Network.run { network in
            network.awaitLines(1)
            let address = try network.listen(security: .local) { connection in
                connection.onMessage = { _, _ in network.hear("a cut message was handed on") }
                connection.onClosed = { network.hear("\($0!)") }
            }
            network.connectRaw(to: address) { socket in
                socket.startReading { _ in
                } onEnd: { _ in
                }
                socket.write(Preface.encoded(.agent, proof: KeySchedule.noProof))
                socket.write(Array(batch(1, count: 100).frame().encoded().dropLast()))
                socket.shutdownWrite()
            }
        }
        #expect(text == "the peer closed the connection in the middle of a frame")
    }

    /// Both sides name both versions: the one that hears says so, and its answer is of its own
    /// version.
    @Test func framesOfAnotherVersionAreNamed() async throws {
        let text = try await Network.run { network in
            network.awaitLines(2)
            let address = try network.listen(security: .local) { connection in
                connection.onMessage = { _, _ in network.hear("handed on") }
                connection.onClosed = { network.hear("\($0!)") }
            }
            network.connectRaw(to: address) { socket in
                var heard: [UInt8] = []
                socket.startReading {
                    heard += $0
                } onEnd: { _ in
                    let frame = try? Frame(decoding: heard, from: Preface.byteCount)
                    let message = frame.flatMap { try? Message($0, from: .coordinator) }
                    if case .goodbye(let reason) = message { network.hear(reason) }
                }
                var frame = Message.ping(1).frame().encoded()
                frame[4] = 9
                socket.write(Preface.encoded(.agent, proof: KeySchedule.noProof) + frame)
            }
        }
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        for line in lines {
            #expect(line.contains("the other side writes version 9 of it, this one version 1"))
        }
    }

    static let frames: [(Frame, String)] = [
        // A bomb: 16 MiB of zeros that claim to be a hundred bytes.
        (
            Frame(
                kind: MessageKind.batch.rawValue,
                deflated: Deflater().deflate([UInt8](repeating: 0, count: 16 << 20)),
                inflatedLength: 100),
            "the peer sent a frame that does not inflate: more than the stated 100 bytes"
        ),
        (
            Frame(kind: MessageKind.batch.rawValue, deflated: [0xff, 0xff], inflatedLength: 9),
            "the peer sent a frame that does not inflate: "
        ),
        (Frame(kind: 0xee, payload: []), "the peer sent bytes that cannot be understood: "),
        // A coordinator's message from an agent.
        (Message.ended.frame(), "the peer sent bytes that cannot be understood: "),
    ]

    @Test(arguments: frames)
    func hostileFramesEndTheConnection(frame: Frame, reason: String) async throws {
        let text = try await Network.run { network in
            network.awaitLines(1)
            let address = try network.listen(security: .local) { connection in
                connection.onMessage = { _, _ in network.hear("handed on") }
                connection.onClosed = { network.hear("\($0!)") }
            }
            network.connectRaw(to: address) { socket in
                socket.startReading { _ in
                } onEnd: { _ in
                }
                socket.write(Preface.encoded(.agent, proof: KeySchedule.noProof) + frame.encoded())
            }
        }
        #expect(text.hasPrefix(reason))
    }

    /// Every byte in a segment of its own: the handshake, the proof and the messages.
    @Test(arguments: [Security.tested, .local])
    func drippedBytesMakeTheSameConnection(security: Security) async throws {
        let text = try await Network.run { network in
            network.awaitLines(1)
            let address = try network.listen(security: security) { connection in
                connection.onMessage = { message, _ in
                    network.hear(message == batch(3, count: 200) ? "whole" : "changed")
                }
            }
            let proxy = try network.listenRaw { client in
                network.connectRaw(to: address) { server in
                    client.startReading {
                        for byte in $0 { server.write([byte]) }
                    } onEnd: { _ in
                    }
                    server.startReading {
                        for byte in $0 { client.write([byte]) }
                    } onEnd: { _ in
                    }
                }
            }
            let agent = network.connect(to: proxy, security: security)
            agent.onUp = { agent.send(batch(3, count: 200)) }
        }
        #expect(text == "whole")
    }
}
