import Testing

@testable import EventLoop

@Suite struct SocketTests {
    /// Echoes each connection until its end, then closes it.
    static func echoServer(_ loop: EventLoop, port: UInt16 = 0) throws -> TCPListener {
        try TCPListener(loop: loop, host: "127.0.0.1", port: port) { connection in
            connection.startReading { bytes in
                connection.write(bytes)
            } onEnd: { _ in
                connection.close()
            }
        }
    }

    @Test(arguments: [1, 1_000, 4_000_000])
    func echo(size: Int) async throws {
        let isEqual: Bool = try await onLoop { loop, done in
            let listener = try Self.echoServer(loop)
            let sent = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
            var received: [UInt8] = []
            let address = SocketAddress(numeric: "127.0.0.1", port: listener.localPort)!
            TCPConnection.connect(loop: loop, to: address) { result in
                guard case .success(let connection) = result else {
                    Issue.record("no connection: \(result)")
                    return done(false)
                }
                #expect(connection.remoteAddress == address)
                #expect(connection.localAddress?.isLoopback == true)
                var isWritten = false
                connection.startReading { bytes in
                    received.append(contentsOf: bytes)
                    guard received.count >= size else { return }
                    connection.close()
                    listener.close { done(received == sent) }
                    #expect(isWritten || size > 1_000)
                } onEnd: {
                    Issue.record("ended early: \(String(describing: $0))")
                }
                connection.write(sent) { error in
                    #expect(error == nil)
                    isWritten = true
                }
            }
        }
        #expect(isEqual)
    }

    @Test func endIsToldAfterTheLastByte() async throws {
        let heard: [String] = try await onLoop { loop, done in
            let listener = try Self.echoServer(loop)
            let address = SocketAddress(numeric: "127.0.0.1", port: listener.localPort)!
            TCPConnection.connect(loop: loop, to: address) { result in
                let connection = try! result.get()
                var heard: [String] = []
                connection.startReading { bytes in
                    heard.append(String(decoding: bytes, as: UTF8.self))
                } onEnd: { error in
                    heard.append(error?.description ?? "end")
                    connection.close()
                    listener.close { done(heard) }
                }
                connection.write(Array("last".utf8))
                connection.shutdownWrite()
            }
        }
        #expect(heard == ["last", "end"])
    }

    @Test func takenPortIsNamedWithARemedy() async throws {
        let (sentence, port): (String, UInt16) = try await onLoop { loop, done in
            let listener = try Self.echoServer(loop)
            var sentence = ""
            do {
                let second = try Self.echoServer(loop, port: listener.localPort)
                second.close()
            } catch {
                sentence = "\(error)"
            }
            let port = listener.localPort
            listener.close { [sentence] in done((sentence, port)) }
        }
        #expect(
            sentence
                == "cannot listen on 127.0.0.1:\(port): address already in use (EADDRINUSE); stop "
                + "the program that holds the port, or choose another one (0 picks a free one)")
    }

    @Test func listenerNeedsAnAddressOfThisHost() async throws {
        let sentence: String = try await onLoop { loop, done in
            do {
                let listener = try TCPListener(loop: loop, host: "192.0.2.1", port: 0) {
                    $0.close()
                }
                listener.close()
                done("listens")
            } catch {
                done("\(error)")
            }
        }
        #expect(sentence.hasPrefix("cannot listen on 192.0.2.1:0: "))
        #expect(sentence.contains("0.0.0.0"))
    }

    @Test func refusedConnectionIsAnError() async throws {
        let error: SystemError = try await onLoop { loop, done in
            let listener = try Self.echoServer(loop)
            let address = SocketAddress(numeric: "127.0.0.1", port: listener.localPort)!
            listener.close {
                TCPConnection.connect(loop: loop, to: address) { result in
                    guard case .failure(let error) = result else { return }
                    done(error)
                }
            }
        }
        #expect(error.isConnectionRefused)
        #expect(error.name == "ECONNREFUSED")
        #expect("\(error)".hasPrefix("cannot connect to 127.0.0.1:"))
    }

    @Test func givingUpAConnectionCancelsIt() async throws {
        let error: SystemError = try await onLoop { loop, done in
            let listener = try Self.echoServer(loop)
            let address = SocketAddress(numeric: "127.0.0.1", port: listener.localPort)!
            let attempt = TCPConnection.connect(loop: loop, to: address) { result in
                guard case .failure(let error) = result else { return }
                listener.close { done(error) }
            }
            attempt?.close()
        }
        #expect(error.isCancelled)
    }

    /// Writes beyond the kernel's buffers wait, are counted, and are cancelled by a close.
    @Test func queuedBytesAreCountedAndCancelled() async throws {
        let outcome: [Bool] = try await onLoop { loop, done in
            var silent: TCPConnection?
            let listener = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { silent = $0 }
            let address = SocketAddress(numeric: "127.0.0.1", port: listener.localPort)!
            TCPConnection.connect(loop: loop, to: address) { result in
                let connection = try! result.get()
                let block = [UInt8](repeating: 1, count: 16 << 20)
                connection.write(block)
                let queued = connection.bytesQueued
                connection.write([1]) { error in
                    let late = connection.bytesQueued
                    connection.write([2]) { afterwards in
                        silent?.close()
                        let results = [
                            queued > 0, error?.isCancelled == true, late == 0,
                            afterwards?.isCancelled == true,
                        ]
                        listener.close { done(results) }
                    }
                }
                connection.close()
            }
        }
        #expect(outcome == [true, true, true, true])
    }

    @Test func resolverAnswersNumbersAndNames() async throws {
        let answers: [[SocketAddress]] = try await onLoop { loop, done in
            Resolver.resolve(loop: loop, host: "::1", port: 80) { numeric in
                Resolver.resolve(loop: loop, host: "localhost", port: 81) { named in
                    done([(try? numeric.get()) ?? [], (try? named.get()) ?? []])
                }
            }
        }
        #expect(answers[0].map(\.description) == ["[::1]:80"])
        #expect(!answers[1].isEmpty && answers[1].allSatisfy { $0.isLoopback && $0.port == 81 })
    }

    @Test func unknownNameSaysWhichName() async throws {
        let sentence: String = try await onLoop { loop, done in
            Resolver.resolve(loop: loop, host: "no-such-host.invalid", port: 1) { answer in
                guard case .failure(let error) = answer else { return done("resolved") }
                done("\(error)")
            }
        }
        #expect(sentence.hasPrefix("cannot resolve no-such-host.invalid:1: "))
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:9", true), ("127.9.9.9", "127.9.9.9:9", true),
        ("0.0.0.0", "0.0.0.0:9", false), ("10.0.0.1", "10.0.0.1:9", false),
        ("::1", "[::1]:9", true), ("[::1]", "[::1]:9", true), ("::", "[::]:9", false),
        ("::2", "[::2]:9", false), ("::ffff:127.0.0.1", "[::ffff:127.0.0.1]:9", true),
        ("::ffff:10.0.0.1", "[::ffff:10.0.0.1]:9", false), ("fe80::1", "[fe80::1]:9", false),
    ])
    func addresses(host: String, text: String, isLoopback: Bool) throws {
        let address = try #require(SocketAddress(numeric: host, port: 9))
        #expect("\(address)" == text)
        #expect(address.isLoopback == isLoopback)
        #expect(address.port == 9)
    }

    @Test(arguments: ["", "localhost", "1.2.3", "1.2.3.4.5", "[1.2.3.4]", ":", "127.0.0.1 "])
    func notNumeric(host: String) {
        #expect(SocketAddress(numeric: host, port: 1) == nil)
    }

    @Test func unixPaths() {
        #expect(SocketAddress(unixPath: "/run/x.sock")?.description == "/run/x.sock")
        #expect(SocketAddress(unixPath: "/run/x.sock")?.isLoopback == true)
        #expect(SocketAddress(unixPath: String(repeating: "x", count: 107)) != nil)
        #expect(SocketAddress(unixPath: String(repeating: "x", count: 108)) == nil)
        #expect(SocketAddress(unixPath: "") == nil)
    }

    @Test(arguments: [
        ("node7:7411", HostPort(host: "node7", port: 7411)),
        ("[::1]:0", HostPort(host: "::1", port: 0)),
        ("1.2.3.4:65535", HostPort(host: "1.2.3.4", port: 65535)), ("x:65536", nil), ("x", nil),
        (":80", nil), ("x:", nil), ("::1:80", nil), ("[::1:80", nil), ("x:+8", nil), ("[]:8", nil),
    ])
    func hostPorts(text: String, expected: HostPort?) {
        #expect(HostPort(parsing: text) == expected)
        if let expected { #expect(expected.description == text) }
    }
}
