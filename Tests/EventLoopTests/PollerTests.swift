import Glibc
import Testing

@testable import EventLoop

@Suite struct PollerTests {
    @Test func readinessOfAPipe() async throws {
        let events: [PollEvents] = try await onLoop { loop, done in
            var ends: [Int32] = [0, 0]
            #expect(pipe(&ends) == 0)
            let reader = try Poller(loop: loop, fd: ends[0])
            let writer = try Poller(loop: loop, fd: ends[1])
            var events: [PollEvents] = []
            reader.start(readable: true, writable: false) { event in
                events.append(event)
                var byte: UInt8 = 0
                #expect(read(reader.descriptor, &byte, 1) == 1)
                reader.stop()
                reader.close()
                writer.close { done(events) }
                close(ends[0])
                close(ends[1])
            }
            writer.start(readable: false, writable: true) { event in
                events.append(event)
                #expect(write(writer.descriptor, [7], 1) == 1)
                writer.update(readable: false, writable: false)
            }
        }
        #expect(events == [.writable, .readable])
    }

    @Test func regularFilesCannotBePolled() async throws {
        let sentence: String = try await onLoop { loop, done in
            let file = open("/proc/self/exe", O_RDONLY)
            defer { close(file) }
            do {
                try Poller(loop: loop, fd: file).close()
                done("polled")
            } catch {
                done("\(error)")
            }
        }
        #expect(sentence.hasPrefix("cannot poll descriptor"))
    }

    @Test func failureOfASocketIsTold() async throws {
        let isTold: Bool = try await onLoop { loop, done in
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            let poller = try Poller(loop: loop, fd: descriptor)
            // Port 1 of the loopback: nobody listens there.
            let address = SocketAddress(numeric: "127.0.0.1", port: 1)!
            address.withSockaddr { _ = connect(descriptor, $0, $1) }
            poller.start(readable: false, writable: true) { events in
                poller.close()
                close(descriptor)
                done(events.contains(.failed))
            }
        }
        #expect(isTold)
    }

    @Test("What came before a reset can be read a byte a call, and then the reset")
    func resetBehindUnreadBytes() async throws {
        let result: (bytes: Int, error: Int32) = try await onLoop { loop, done in
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let reader = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            let writer = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    #expect(bind(listener, generic, size) == 0 && listen(listener, 1) == 0)
                    #expect(getsockname(listener, generic, &size) == 0)
                    #expect(connect(reader, generic, size) == 0)
                    return accept(listener, nil, nil)
                }
            }
            close(listener)
            #expect(send(writer, [1, 2, 3, 4, 5], 5, 0) == 5)
            var abruptly = linger(l_onoff: 1, l_linger: 0)
            setsockopt(
                writer, SOL_SOCKET, SO_LINGER, &abruptly,
                socklen_t(MemoryLayout<linger>.size))
            close(writer)
            let poller = try Poller(loop: loop, fd: reader)
            var bytes = 0
            poller.start(readable: true, writable: false) { _ in
                var byte: UInt8 = 0
                let count = recv(reader, &byte, 1, 0)
                guard count < 0 else {
                    bytes += count
                    return
                }
                let code = errno
                poller.close()
                close(reader)
                done((bytes, code))
            }
        }
        #expect(result.bytes == 5 && result.error == ECONNRESET)
    }
}
