import AnswerStream
import EventLoop
import HTTP
import Testing
import TimeBase
import TokenLog

@testable import ServingClient

@Suite(.serialized) struct ServingClientTests {
    @Test func aStreamGivesItsTokensOnceInOrder() async throws {
        let outcomes = try await drive([[.drip(eventStream(tokens: 5))]], until: 1) { client, _ in
            client.open { errors in
                #expect(errors == [nil])
                client.send(plain(7))
            }
        }
        let sent = try #require(outcomes.sent[7])
        let finish = try #require(outcomes.finish(7))
        #expect(finish.outcome == .completed && finish.outputTokens == 5)
        #expect(finish.evidence == .finalUsage && finish.promptTokens == 9)
        #expect(outcomes.tokens.count == 5)
        #expect(outcomes.tokens.allSatisfy { $0.request == 7 && $0.count == 1 })
        var before = sent
        for record in outcomes.tokens {
            #expect(record.stamp >= before && !record.source.isJoined)
            before = record.stamp
        }
        #expect(finish.at >= before)
    }

    @Test func aReadWithSeveralEventsIsMarkedJoined() async throws {
        let outcomes = try await drive([[.write(eventStream(tokens: 3))]], until: 1) { client, _ in
            client.open { _ in client.send(plain(0)) }
        }
        #expect(outcomes.tokens.count == 3 && outcomes.records == 1)
        #expect(outcomes.tokens.allSatisfy { $0.source.isJoined && $0.count == 1 })
        #expect(Set(outcomes.tokens.map(\.stamp)).count == 1)
    }

    /// For a measurement of what recognising saves: what reaches the sink is the same.
    @Test func everyEventIsScannedWhereThatIsAsked() async throws {
        var configuration = ClientConfiguration()
        configuration.recognisesEvents = false
        let outcomes = try await drive(
            [[.write(eventStream(tokens: 7))]], until: 1, configuration: configuration
        ) { client, _ in
            #expect(client.memories.allSatisfy { !$0.recognisesEvents })
            client.open { _ in client.send(plain(0)) }
        }
        #expect(outcomes.tokens.count == 7 && outcomes.records == 1)
        #expect(outcomes.finish(0)?.outcome == .completed)
    }

    /// Events that come in one read that the client took late may have come apart; one event alone
    /// has the kernel's stamp, however late it was taken.
    @Test func joinedReadsThatAreTakenLateAreCounted() async throws {
        let whole = eventStream(tokens: 3)
        let (begin, rest) = (
            eventStream(tokens: 1, ends: false),
            whole.dropFirst(
                eventStream(tokens: 1, ends: false).count)
        )
        let together = try await drive([[.write(whole), .hold(30)]], until: 1) { client, _ in
            client.open { _ in client.send(plain(0)) }
        }
        #expect(together.reads.lateJoins.firsts.total == 1)
        #expect(together.reads.lateJoins.gaps.total == 0)
        let apart = try await drive(
            [[.drip(begin), .hold(5), .write(String(rest)), .hold(30)]], until: 1
        ) { client, _ in
            client.open { _ in client.send(plain(0)) }
        }
        #expect(apart.tokens.count == 3)
        #expect(apart.reads.lateJoins.gaps.total == 1)
    }

    @Test func anAnswerOfSeveralChoicesHasFailed() async throws {
        let two = eventStream(tokens: 2).replacing(
            #""choices":[{"index":0,"delta":{"content":"word "}}]"#,
            with: #""choices":[{"index":1,"delta":{"content":"wor "}} ]"#, maxReplacements: 1)
        let finished = two.replacing(
            #""choices":[{"index":0,"delta":{},"finish_reason":"length"}]"#,
            with:
                #"""
                "choices":[{"index":0,"finish_reason":"length"},\#
                {"index":1,"finish_reason":"length"}]
                """#
        )
        let body = finished.split(separator: "\r\n").filter { $0.hasPrefix("data: ") }
            .joined(separator: "\n")
        let whole =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
            + "content-length: \(body.utf8.count)\r\n\r\n\(body)"
        let outcomes = try await drive([[.write(whole)]], until: 1) { client, _ in
            client.open { _ in client.send(plain(3)) }
        }
        let finish = try #require(outcomes.finish(3))
        #expect(finish.outcome == .failed && finish.error?.kind == .malformed)
        #expect(finish.error?.detail == "the server made 2 answers of a request for one")
    }

    @Test func connectionsAreKeptAndUsedAgain() async throws {
        let outcomes = try await drive([[.write(eventStream(tokens: 1))]], until: 6) {
            client, recorder in
            recorder.onFinish = { record in
                if record.request < 5 { client.send(plain(record.request + 1)) }
            }
            client.open { _ in client.send(plain(0)) }
        }
        #expect(outcomes.accepted == 1 && outcomes.requests.count == 6)
        #expect(outcomes.finished.map(\.request) == [0, 1, 2, 3, 4, 5])
        #expect(outcomes.finished.allSatisfy { $0.outcome == .completed })
    }

    @Test func aServerThatClosesAfterEachAnswerIsReconnected() async throws {
        let scripts: [[ServerAct]] = [
            [.write(eventStream(tokens: 1, connection: "close")), .close],
            [.write(eventStream(tokens: 1)), .close], [.write(eventStream(tokens: 1))],
        ]
        let outcomes = try await drive(scripts, until: 3) { client, recorder in
            recorder.onFinish = { record in
                if record.request < 2 { client.send(plain(record.request + 1)) }
            }
            client.open { _ in client.send(plain(0)) }
        }
        #expect(outcomes.requests.count >= 2)
        #expect(outcomes.finish(0)?.outcome == .completed)
        #expect(outcomes.finish(1)?.outcome == .completed)
        // The third goes out while the server closes: it is completed, or failed and not retried.
        #expect(outcomes.finished.count == 3)
    }

    @Test func connectionsAreOpenedAhead() async throws {
        let outcomes = try await drive([[.write(eventStream(tokens: 1))]], until: 4) { client, _ in
            client.open { _ in
                client.prepareConnections(4, target: 0) { ready, error in
                    #expect(ready == 4 && error == nil)
                    for id in 0..<4 { client.send(plain(UInt32(id))) }
                    #expect(client.inFlight == 4 && client.connectionCount == 4)
                }
            }
        }
        #expect(outcomes.accepted == 4)
    }

    /// A server's queue of connections is short: they come in waves.
    @Test func manyConnectionsAreOpenedInWaves() async throws {
        let wave = ServingClient.openedAtOnce
        let outcomes = try await drive([[.write(eventStream(tokens: 1))]], until: 1) { client, _ in
            client.open { _ in
                client.prepareConnections(2 * wave + 2, target: 0) { ready, error in
                    #expect(ready == 2 * wave + 2 && error == nil)
                    client.send(plain(0))
                }
                #expect(client.connectionCount == wave + 1)
            }
        }
        #expect(outcomes.accepted == 2 * wave + 2)
    }

    @Test(arguments: [
        ("HTTP/1.1 429 Busy\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n", ErrorClass.httpStatus),
        ("HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n", .httpStatus),
        ("HTTP/1.1 302 Go\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", .httpStatus),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx", .malformed),
        ("rubbish\r\n\r\n", .malformed),
        (eventStream(tokens: 2, ends: false) + "0\r\n\r\n", .closedEarly),
        (
            eventStream(tokens: 2, ends: false) + "12\r\ndata: {\"error\":\"x\"}\n\n\r\n0\r\n\r\n",
            .malformed
        ),
        (
            eventStream(tokens: 2, ends: false) + "15\r\ndata: {\"error\":\"x\"}\n\n\r\n0\r\n\r\n",
            .streamError
        ),
    ])
    func everyBadAnswerHasItsClass(answer: String, kind: ErrorClass) async throws {
        let outcomes = try await drive([[.write(answer)]], until: 1) { client, _ in
            client.open { _ in client.send(plain(0)) }
        }
        let finish = try #require(outcomes.finish(0))
        #expect(finish.outcome == .failed && finish.error?.kind == kind)
        #expect(outcomes.requests.count == 1)
        if answer.contains("Retry-After") { #expect(outcomes.retryAfter[0] == .seconds(3)) }
    }

    @Test(arguments: [
        ([ServerAct.close], "without an answer"),
        ([.write("HTTP/1.1 200 OK\r\nconten"), .close], "in the response's head"),
        ([.write(eventStream(tokens: 2, ends: false)), .close], "before the last chunk"),
    ])
    func anEarlyCloseFailsOnce(acts: [ServerAct], words: String) async throws {
        let outcomes = try await drive([acts], until: 1) { client, _ in
            client.open { _ in client.send(plain(0)) }
        }
        let error = try #require(outcomes.finish(0)?.error)
        #expect(error.kind == .closedEarly && error.detail.contains(words))
        #expect(outcomes.requests.count == 1)
    }

    /// A name's addresses are tried in turn: the server listens on one of them.
    @Test(arguments: [("localhost", "127.0.0.1"), ("[::1]", "::1")])
    func namesAndBothKindsOfAddressesLeadThere(host: String, address: String) async throws {
        let outcomes = try await drive([[.close]], until: 1) { client, recorder in
            let server = try! ScriptedServer(
                loop: client.loop, host: address, scripts: [[.write(eventStream(tokens: 1))]])
            let other = ServingClient(
                loop: client.loop,
                targets: [try! Target(parsing: "http://\(host):\(server.port)")],
                sink: recorder)
            other.open { errors in
                #expect(errors == [nil])
                other.send(plain(0))
            }
            recorder.onFinish = { _ in
                other.close()
                server.close()
                client.loop.next { withExtendedLifetime((other, server)) {} }
            }
        }
        #expect(outcomes.finish(0)?.outcome == .completed)
    }

    @Test func aNameThatIsNoneIsNamed() async throws {
        let outcomes = try await drive([[.close]], until: 1) { client, recorder in
            let other = ServingClient(
                loop: client.loop, targets: [try! Target(parsing: "http://nowhere.invalid:1")],
                sink: recorder)
            other.open { errors in
                let words = errors[0]?.sentence(other.targets[0]) ?? ""
                #expect(words.contains("cannot resolve nowhere.invalid:1"), "\(words)")
                #expect(words.contains("check the name"))
                other.send(plain(0))
            }
            recorder.onFinish = { _ in
                other.close()
                client.loop.next { withExtendedLifetime(other) {} }
            }
        }
        #expect(outcomes.finish(0)?.error?.kind == .connect)
    }

    @Test func aRefusedConnectionIsOneFailedRequest() async throws {
        let outcomes = try await drive([[.close]], until: 1) { client, recorder in
            // Nothing listens on the discard port of this host.
            let other = ServingClient(
                loop: client.loop, targets: [try! Target(parsing: "http://127.0.0.1:9")],
                sink: recorder)
            other.open { errors in
                #expect(errors[0]?.isConnectionRefused == true)
                other.send(plain(0))
            }
            recorder.onFinish = { _ in other.close() }
        }
        let finish = try #require(outcomes.finish(0))
        #expect(finish.error?.kind == .connect && outcomes.sent.isEmpty)
        #expect(finish.error?.detail.contains("127.0.0.1:9") == true)
    }

    @Test func aResetFailsAsOneAndIsNotRetried() async throws {
        let outcomes = try await drive([[.close]], until: 1) { client, recorder in
            let server = try! ResettingServer(loop: client.loop)
            let other = ServingClient(
                loop: client.loop,
                targets: [try! Target(parsing: "http://127.0.0.1:\(server.port)")],
                sink: recorder)
            other.open { _ in other.send(plain(0)) }
            recorder.onFinish = { _ in
                #expect(server.accepted == 1)
                other.close()
                server.close()
            }
        }
        let finish = try #require(outcomes.finish(0))
        #expect(finish.error?.kind == .reset && outcomes.sent[0] != nil)
        #expect(finish.error?.detail.contains("ECONNRESET") == true)
    }

    @Test func anIdleConnectionThatTheServerClosedIsReplacedBeforeAnythingIsSent() async throws {
        // The server ends each connection after one answer without saying so beforehand.
        let answer = [ServerAct.write(eventStream(tokens: 1)), .close]
        let outcomes = try await drive([answer], until: 3) { client, recorder in
            let pause = LoopTimer(loop: client.loop)
            recorder.onFinish = { record in
                guard record.request < 2 else { return pause.close() }
                // By then its end has arrived, and the connection opened instead is ready.
                pause.start(after: .milliseconds(20)) { client.send(plain(record.request + 1)) }
            }
            client.open { _ in client.send(plain(0)) }
        }
        #expect(outcomes.finished.allSatisfy { $0.outcome == .completed })
        #expect(outcomes.requests.count == 3)
    }

    @Test func theLimitToTheFirstTokenIgnoresComments() async throws {
        let pings =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
            + String(repeating: ": ping\n\n", count: 100)
        let outcomes = try await drive(
            [[.drip(pings)]], until: 1, configuration: briefly(firstToken: 60)
        ) { client, _ in
            client.open { _ in client.send(plain(0)) }
        }
        let finish = try #require(outcomes.finish(0))
        #expect(finish.error?.kind == .firstTokenTimeout && outcomes.tokens.isEmpty)
        #expect(finish.at - (try #require(outcomes.sent[0])) > .milliseconds(60))
    }

    @Test func aStallAndAnEndlessAnswerRunIntoTheirLimits() async throws {
        let stalled = [ServerAct.write(eventStream(tokens: 2, ends: false))]
        let between = try await drive(
            [stalled], until: 1, configuration: briefly(betweenTokens: 60)
        ) { client, _ in client.open { _ in client.send(plain(0)) } }
        #expect(between.finish(0)?.error?.kind == .betweenTokensTimeout)
        #expect(between.tokens.count == 2 && between.finish(0)?.outputTokens == 2)
        let total = try await drive([stalled], until: 1, configuration: briefly(total: 60)) {
            client, _ in client.open { _ in client.send(plain(0)) }
        }
        #expect(total.finish(0)?.error?.kind == .totalTimeout)
    }

    @Test(arguments: [Outcome.abandoned, .unfinished])
    func aCancelledRequestSaysWhy(outcome: Outcome) async throws {
        let stalled = [ServerAct.write(eventStream(tokens: 3, ends: false))]
        let outcomes = try await drive([stalled], until: 1) { client, recorder in
            recorder.onToken = { _ in
                client.cancel(0, outcome: outcome, reason: "the reader left")
                #expect(!client.cancel(0, outcome: outcome, reason: "again"))
            }
            client.open { _ in client.send(plain(0)) }
        }
        let finish = try #require(outcomes.finish(0))
        #expect(finish.outcome == outcome && finish.error?.detail == "the reader left")
        // Cancelled at the first token of a read with three: all of that read had come.
        #expect(outcomes.tokens.count == 3 && finish.outputTokens == 3)
    }

    /// Given up on purpose, a request has not failed, whatever its answer had said by then.
    @Test(
        arguments: [
            eventStream(tokens: 3, ends: false).replacing(
                #""choices":[{"index":0,"delta":{"content":"word "}}]"#,
                with: #""choices":[{"index":1,"delta":{"content":"wor "}} ]"#, maxReplacements: 1),
            OpenBodyTests.unfinished,
        ], [Outcome.abandoned, .unfinished])
    func aCancelledRequestHasNotFailed(answer: String, outcome: Outcome) async throws {
        let outcomes = try await drive([[.write(answer)]], until: 1) { client, recorder in
            recorder.onToken = { _ in
                client.cancel(0, outcome: outcome, kind: .drained, reason: "the run ended")
            }
            client.open { _ in client.send(plain(0)) }
        }
        let finish = try #require(outcomes.finish(0))
        #expect(finish.outcome == outcome && finish.error?.kind == .drained)
        #expect(finish.error?.detail == "the run ended")
    }

    @Test func closingEndsWhatIsInFlight() async throws {
        let outcomes = try await drive([[.write("")]], until: 2) { client, _ in
            client.open { _ in
                client.send(plain(3))
                client.send(plain(1))
                client.close()
            }
        }
        #expect(outcomes.finished.map(\.request) == [1, 3])
        #expect(outcomes.finished.allSatisfy { $0.outcome == .unfinished })
    }

    @Test func aListIsAskedForAgainWhereTheServerClosedAfterItsLastAnswer() async throws {
        let broken = "HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n"
        let body = #"{"data":[{"id":"llama"}]}"#
        let models = "HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
        let scripts: [[ServerAct]] = [
            [.write(broken)], [.close], [.write(models)], [.close], [.close],
            [.write(eventStream(tokens: 1))],
        ]
        let outcomes = try await drive(scripts, until: 1) { client, _ in
            client.open { _ in
                client.listModels("/a", target: 0) { first, names in
                    #expect(first.status == 500 && names.isEmpty)
                    client.listModels("/b", target: 0) { second, names in
                        #expect(second.error == nil && names == ["llama"])
                        client.listModels("/c", target: 0) { third, _ in
                            #expect(third.error == .closedEarly)
                            client.send(plain(0))
                        }
                    }
                }
            }
        }
        #expect(
            outcomes.requests.map(\.path) == ["/a", "/b", "/b", "/c", "/c", "/v1/completions"])
    }

    @Test func aBodyThatEchoesThePromptIsCutOut() async throws {
        let body = #"{"error":{"message":"bad prompt: my very secret words here"}}"#
        let answer = "HTTP/1.1 400 Bad\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
        let outcomes = try await drive([[.write(answer)]], until: 1) { client, _ in
            client.open { _ in
                var request = plain(0)
                let secret = Array("my very secret words here".utf8)
                request.bytes = Array(
                    "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 25\r\n\r\n".utf8)
                let begin = request.bytes.count
                request.bytes += secret
                request.prompt = begin..<request.bytes.count
                client.send(request)
            }
        }
        #expect(outcomes.finish(0)?.error?.detail == "bad prompt: ***")
    }

    @Test func aLargeRequestIsSentWholeAndStampedAtItsEnd() async throws {
        let length = 8 << 20
        let outcomes = try await drive([[.write(eventStream(tokens: 1))]], until: 1) { client, _ in
            client.open { _ in
                var request = plain(0)
                request.bytes = Array(
                    "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: \(length)\r\n\r\n".utf8)
                request.bytes += [UInt8](repeating: 0x61, count: length)
                client.send(request)
            }
        }
        #expect(outcomes.finish(0)?.outcome == .completed)
        #expect(outcomes.requests.first?.body.count == length)
        #expect(outcomes.sent[0] != nil)
    }
}
