import Dashboard
import EventLoop
import Glibc
import Results
import Testing
import TimeBase

@testable import DashboardServer

/// Viewers over real sockets: those that read, those that do not, and too many of them.
@Suite struct DashboardServerTests {
    private func server() throws -> (DashboardServer, port: UInt16) {
        let server = try DashboardServer(
            at: HostPort(host: "127.0.0.1", port: 0), token: nil, machine: "here")
        return (server, server.thread.localAddress.port)
    }

    /// A state of some ten kilobytes.
    private func state(_ name: String) -> LiveState {
        var about = LiveState.About()
        about.scenario = name
        var state = LiveState(about: about, phase: .running)
        state.snapshot.agents = (0..<64).map {
            LiveSnapshot.Agent(name: "node-\($0)-" + String(repeating: "x", count: 100))
        }
        return state
    }

    /// A socket that has asked for the states, and has a small place for them.
    private func viewer(_ port: UInt16) throws -> Int32 {
        let opened = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var room: Int32 = 4_096
        setsockopt(opened, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size))
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: port))
        try #require(address.withSockaddr { connect(opened, $0, $1) } == 0)
        let text = "GET /events HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n"
        try #require(text.withCString { send(opened, $0, strlen($0), 0) } == text.utf8.count)
        return opened
    }

    private func wait(_ server: DashboardServer, viewers: Int) {
        let count = Guarded(-1)
        let deadline = RawClock.now() + TimeSpan.seconds(30)
        while count.withLock({ $0 }) != viewers {
            guard RawClock.now() < deadline else {
                Issue.record("there are \(count.withLock { $0 }) viewers, not \(viewers)")
                return
            }
            server.thread.onLoop { [desk = server.desk] in
                let now = desk.viewerCount
                count.withLock { $0 = now }
            }
        }
    }

    @Test("A viewer that never reads has one state waiting, however many there were")
    func deaf() throws {
        let (server, port) = try server()
        defer { server.close() }
        let deaf = try viewer(port)
        defer { close(deaf) }
        wait(server, viewers: 1)
        let queued = Guarded(0)
        var most = 0
        for number in 0..<2_000 {
            server.show(state("run \(number)"))
            server.thread.onLoop { [thread = server.thread] in
                let bytes = thread.bytesQueued
                queued.withLock { $0 = bytes }
            }
            most = max(most, queued.withLock { $0 })
        }
        #expect(most > 0, "the kernel took all of 2000 states: nothing was tested")
        #expect(most < 32_000, "more than one state of some 15 kB waits")
        // It is given up where it goes on so.
        server.thread.onLoop { [desk = server.desk] in
            desk.tell(now: RawClock.now() + TimeSpan.seconds(31))
        }
        wait(server, viewers: 0)
    }

    @Test("A viewer that reads late has the newest state, whole")
    func late() throws {
        let (server, port) = try server()
        let socket = try viewer(port)
        defer { close(socket) }
        wait(server, viewers: 1)
        for number in 0..<500 { server.show(state("run \(number)")) }
        server.end(
            LiveState.Ending(folder: "runs/x", verdict: "valid", hasReport: false), report: nil)
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        let text = {
            String(decoding: bytes, as: UTF8.self)
        }
        while !text().hasSuffix("0\r\n\r\n") {
            let count = recv(socket, &part, part.count, 0)
            guard count > 0 else { break }
            bytes += part[..<count]
        }
        let last = try #require(text().ranges(of: "data: ").last)
        let rest = text()[last.upperBound...]
        #expect(rest.contains("\"ended\"") && rest.contains("run 499"))
        server.close()
    }

    @Test("Viewers beyond the bound are turned away, and their places are given again")
    func bounded() throws {
        let (server, port) = try server()
        defer { server.close() }
        server.show(state("run"))
        let sockets = try (0..<Viewers.most).map { _ in try viewer(port) }
        wait(server, viewers: Viewers.most)
        let beyond = try viewer(port)
        var part = [UInt8](repeating: 0, count: 64)
        #expect(recv(beyond, &part, part.count, 0) > 12)
        #expect(String(decoding: part[..<12], as: UTF8.self) == "HTTP/1.1 503")
        close(beyond)
        close(sockets[0])
        wait(server, viewers: Viewers.most - 1)
        for socket in sockets.dropFirst() { close(socket) }
        wait(server, viewers: 0)
    }

    @Test("An address that is taken is an error that says so")
    func taken() throws {
        let (server, port) = try server()
        defer { server.close() }
        #expect {
            try DashboardServer(
                at: HostPort(host: "127.0.0.1", port: port), token: nil, machine: "here")
        } throws: { error in
            "\(error)".contains("cannot listen on 127.0.0.1:\(port)")
        }
    }
}
