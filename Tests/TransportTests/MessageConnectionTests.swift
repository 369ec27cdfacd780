import EventLoop
import Testing
import TimeBase
import Wire

@testable import Transport

@Suite struct MessageConnectionTests {
    @Test(arguments: [Security.tested, .local])
    func manyMessagesBothWays(security: Security) async throws {
        let text = try await Network.run { network in
            network.awaitLines(1)
            let address = try network.listen(security: security) { connection in
                connection.onMessage = { message, _ in
                    guard case .ping(let token) = message else { return }
                    connection.send(.pong(token))
                }
            }
            let agent = network.connect(to: address, security: security)
            var next: UInt64 = 0
            agent.onUp = { for token in 0..<2_000 { agent.send(.ping(UInt64(token))) } }
            agent.onMessage = { message, arrival in
                #expect(message == .pong(next))
                #expect(arrival.read <= RawClock.now())
                next += 1
                if next == 2_000 { network.hear("all") }
            }
        }
        #expect(text == "all")
    }

    @Test(arguments: [Security.tested, .local])
    func sizesAroundEveryBound(security: Security) async throws {
        let sizes = [0, 1, 100, 127, 128, 129, 16_383, 16_384, 16_385, 65_536, 768 << 10]
        let text = try await Network.run { network in
            network.awaitLines(1)
            let address = try network.listen(security: security) { connection in
                connection.onMessage = { message, _ in
                    guard case .batch(let received) = message else { return }
                    let isEqual =
                        message == batch(received.number, count: sizes[Int(received.number)])
                    #expect(isEqual, "batch \(received.number)")
                    connection.send(.batchAck(BatchAck(through: received.number)))
                }
            }
            let agent = network.connect(to: address, security: security)
            agent.onUp = {
                for (number, size) in sizes.enumerated() {
                    agent.deflates = number % 2 == 0
                    agent.send(batch(UInt64(number), count: size))
                }
            }
            agent.onMessage = { message, _ in
                if message == .batchAck(BatchAck(through: UInt64(sizes.count - 1))) {
                    network.hear("all")
                }
            }
        }
        #expect(text == "all")
    }

    @Test(arguments: [Security.tested, .local])
    func lastWordsArriveBeforeTheEnd(security: Security) async throws {
        let text = try await Network.run { network in
            network.awaitLines(5)
            let address = try network.listen(security: security) { connection in
                connection.onMessage = { message, _ in
                    if case .goodbye(let reason) = message { network.hear("goodbye: \(reason)") }
                    if case .batch = message { network.hear("batch") }
                }
                connection.onClosed = { network.hear("closed: \($0?.description ?? "by us")") }
                // Crosses the agent's last words, and must not cost them.
                connection.send(.ping(1))
            }
            let agent = network.connect(to: address, security: security)
            agent.onUp = {
                agent.deflates = false
                agent.send(batch(1, count: 900_000))
                agent.send(.goodbye("done"))
                agent.finish()
                #expect(agent.isClosed)
                agent.send(.ping(2))
                agent.close()
                network.hear("finished")
            }
        }
        #expect(
            text == "batch\nclosed: by us\nclosed: the peer closed the connection\n"
                + "finished\ngoodbye: done")
    }

    /// The instant that a probe carries is read while it is sent, and told to the sender.
    @Test(arguments: [Security.tested, .local])
    func aProbeCarriesTheInstantOfItsSending(security: Security) async throws {
        let text = try await Network.run { network in
            network.awaitLines(1)
            var sent: [LocalInstant] = []
            let address = try network.listen(security: security) { connection in
                for member in 0..<UInt16(20) {
                    let before = RawClock.now()
                    let probe = Probe(train: 7, member: member, t1: 1)
                    guard let t1 = connection.send(.probe(probe)) else { return }
                    #expect(before <= t1 && t1 <= RawClock.now())
                    sent.append(t1)
                }
                #expect(connection.send(.ping(1)) == nil)
            }
            let agent = network.connect(to: address, security: security)
            var found: [Probe] = []
            agent.onMessage = { message, _ in
                if case .probe(let probe) = message { found.append(probe) }
                guard message == .ping(1) else { return }
                let isSame = found.map(\.t1) == sent.map(\.ns)
                let isAll = found.map(\.member) == Array(0..<20)
                network.hear(isSame && isAll ? "all" : "\(found) after \(sent)")
            }
        }
        #expect(text == "all")
    }

    @Test func kernelStampsPrecedeTheRead() async throws {
        let text = try await Network.run { network in
            network.awaitLines(1)
            var stamped = 0
            let address = try network.listen(security: .tested) { connection in
                connection.stampReceives()
                connection.onMessage = { message, arrival in
                    guard case .ping(let token) = message else { return }
                    if let kernel = arrival.kernel {
                        stamped += 1
                        #expect(kernel <= arrival.read)
                        #expect(arrival.read - kernel < .seconds(5))
                    }
                    connection.send(.pong(token))
                }
            }
            let agent = network.connect(to: address, security: .tested)
            agent.onUp = {
                agent.stampReceives()
                agent.stampReceives()
                agent.send(.ping(0))
            }
            agent.onMessage = { message, arrival in
                guard case .pong(let token) = message else { return }
                guard token >= 200 else {
                    agent.send(.ping(token + 1))
                    return
                }
                // The kernel turns its stamps on late: the first ones may be missing.
                network.hear(stamped > 100 && arrival.kernel != nil ? "stamped" : "\(stamped)")
            }
        }
        #expect(text == "stamped")
    }

    /// A peer that reads nothing: the mark is passed, and after it reads again the sender hears of
    /// it.
    @Test(arguments: [Security.local])
    func highWaterMarkIsTold(security: Security) async throws {
        let text = try await Network.run { network in
            network.awaitLines(2)
            var peer: TCPConnection?
            let address = try network.listenRaw { socket in
                peer = socket
                socket.write(Preface.encoded(.coordinator, proof: KeySchedule.noProof))
            }
            let agent = network.connect(to: address, security: security)
            agent.deflates = false
            agent.onDrained = {
                #expect(!agent.isAboveHighWater)
                #expect(agent.bytesQueued <= TransportLimits().lowWater)
                network.hear("drained")
            }
            agent.onUp = {
                let message = batch(1, count: 500_000)
                var number: UInt64 = 0
                while !agent.isAboveHighWater {
                    number += 1
                    agent.send(message)
                    if number == 200 { return network.hear("never above") }
                }
                network.hear("above")
                peer?.startReading { _ in
                } onEnd: { _ in
                }
            }
        }
        #expect(text == "above\ndrained")
    }

    @Test func stalledPeerIsGivenUp() async throws {
        let text = try await Network.run { network in
            network.awaitLines(1)
            let address = try network.listenRaw { socket in
                socket.write(Preface.encoded(.coordinator, proof: KeySchedule.noProof))
            }
            var limits = TransportLimits()
            limits.queueLimit = 8 << 20
            let agent = network.connect(to: address, security: .local, limits: limits)
            agent.deflates = false
            let message = batch(1, count: 900_000)
            agent.onUp = { while !agent.isClosed { agent.send(message) } }
        }
        #expect(text.hasPrefix("closed: the peer has left "))
    }

    @Test func messageBeyondAFrameEndsTheConnection() async throws {
        let text = try await Network.run { network in
            network.awaitLines(1)
            let address = try network.listen(security: .tested)
            let agent = network.connect(to: address, security: .tested)
            agent.onUp = {
                agent.deflates = false
                agent.send(batch(1, count: 2 << 20))
            }
        }
        #expect(text.hasPrefix("closed: a message (batch) of 2097"))
    }

    @Test func listenerNamesATakenPort() async throws {
        let text = try await Network.run { network in
            network.awaitLines(1)
            let address = try network.listen(security: .tested)
            do {
                _ = try MessageListener(loop: network.loop, at: address, security: .tested) { _ in }
                network.hear("listens twice")
            } catch {
                network.hear("\(error)".replacing("\(address)", with: "ADDRESS"))
            }
        }
        #expect(text.hasPrefix("cannot listen on ADDRESS: address already in use"))
    }

    @Test func unreachablePeerIsNamed() async throws {
        let text = try await Network.run { network in
            network.awaitLines(1)
            // Port 1 of the loopback: nobody listens there.
            _ = network.connect(to: HostPort(host: "127.0.0.1", port: 1), security: .tested)
        }
        #expect(text == "closed: cannot connect to 127.0.0.1:1: connection refused (ECONNREFUSED)")
    }

    @Test func insecureStaysOnThisHostUnlessTold() async throws {
        let far = SocketAddress(numeric: "192.0.2.1", port: 1)!
        let near = SocketAddress(numeric: "::1", port: 1)!
        #expect(Security.local.objection(to: near) == nil)
        #expect(Security.local.objection(to: far)?.contains("--insecure") == true)
        #expect(Security.insecure(beyondLoopback: true).objection(to: far) == nil)
        #expect(Security.tested.objection(to: far) == nil)
        let text = try await Network.run { network in
            network.awaitLines(2)
            do {
                _ = try MessageListener(
                    loop: network.loop, at: HostPort(host: "0.0.0.0", port: 0), security: .local
                ) { _ in }
                network.hear("listens")
            } catch {
                network.hear("\(error)")
            }
            _ = network.connect(to: HostPort(host: "192.0.2.1", port: 1), security: .local)
        }
        #expect(text.split(separator: "\n").allSatisfy { $0.contains("is beyond this host") })
    }
}
