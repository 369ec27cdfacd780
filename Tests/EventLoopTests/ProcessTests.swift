import Glibc
import Testing

@testable import EventLoop

@Suite struct ProcessTests {
    @Test func outputComesBeforeTheExit() async throws {
        let (text, exit): (String, ChildExit) = try await onLoop { loop, done in
            var text: [UInt8] = []
            var child: ChildProcess?
            child = try ChildProcess.spawn(
                loop: loop, executable: "/bin/sh",
                arguments: ["-c", "echo \"$WORD\"; echo err >&2; exit 7"],
                environment: ["WORD=hello"], standardOutput: .piped { text += $0 },
                standardError: .piped { text += $0 }
            ) { exit in
                child?.close()
                done((String(decoding: text, as: UTF8.self), exit))
            }
            #expect((child?.pid ?? 0) > 1)
        }
        #expect(exit == .exited(status: 7))
        #expect(text.split(separator: "\n").sorted() == ["err", "hello"])
    }

    @Test func descriptorsBecomeThreeAndOn() async throws {
        let text: String = try await onLoop { loop, done in
            var ends: [Int32] = [0, 0]
            #expect(pipe(&ends) == 0)
            #expect(write(ends[1], "secret\n", 7) == 7)
            var text: [UInt8] = []
            var child: ChildProcess?
            child = try ChildProcess.spawn(
                loop: loop, executable: "sh", arguments: ["-c", "read line <&3; echo $line"],
                inheritedDescriptors: [ends[0]], standardOutput: .piped { text += $0 }
            ) { _ in
                child?.close()
                done(String(decoding: text, as: UTF8.self))
            }
            close(ends[0])
            close(ends[1])
        }
        #expect(text == "secret\n")
    }

    @Test func killedChildTellsItsSignal() async throws {
        let exit: ChildExit = try await onLoop { loop, done in
            var child: ChildProcess?
            child = try ChildProcess.spawn(
                loop: loop, executable: "sleep", arguments: ["600"], standardOutput: .discarded,
                standardError: .discarded
            ) { exit in
                child?.kill(SIGKILL)
                child?.close()
                done(exit)
            }
            child?.kill(SIGTERM)
        }
        #expect(exit == .signalled(SIGTERM))
    }

    @Test func missingProgramIsNamed() async throws {
        let sentence: String = try await onLoop { loop, done in
            do {
                _ = try ChildProcess.spawn(
                    loop: loop, executable: "/no/such/program", arguments: [],
                    standardError: .piped { _ in }
                ) { _ in }
                done("started")
            } catch {
                done("\(error)")
            }
        }
        #expect(sentence == "cannot start /no/such/program: no such file or directory (ENOENT)")
    }

    @Test func signalsAreToldOnTheLoop() async throws {
        let count: Int = try await onLoop { loop, done in
            var count = 0
            var source: SignalSource?
            source = SignalSource(loop: loop, signal: SIGUSR2) {
                #expect(loop.isCurrent)
                count += 1
                if count == 1 { return _ = kill(getpid(), SIGUSR2) }
                source?.close { done(count) }
            }
            kill(getpid(), SIGUSR2)
        }
        #expect(count == 2)
    }

    /// A write to a socket whose reader is gone is an error, not the end of the process.
    @Test func brokenPipeDoesNotEndTheProcess() async throws {
        let isTold: Bool = try await onLoop { loop, done in
            let listener = try TCPListener(loop: loop, host: "127.0.0.1", port: 0) { $0.close() }
            let address = SocketAddress(numeric: "127.0.0.1", port: listener.localPort)!
            TCPConnection.connect(loop: loop, to: address) { result in
                let connection = try! result.get()
                func write() {
                    connection.write([1]) { error in
                        guard let error else { return write() }
                        #expect(error.isConnectionReset)
                        connection.close()
                        listener.close { done(true) }
                    }
                }
                write()
            }
        }
        #expect(isTold)
    }
}
