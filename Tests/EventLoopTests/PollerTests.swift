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
}
