import CReceiver
import EventLoop
import Glibc
import ServingClient
import TimeBase
import TokenLog
import Workload

/// The stream client's cost a token, beside a C program that receives, reads a clock and throws
/// away.
struct ClientBenchmark {
    private let connections = 64
    private let size: BenchSize

    init(_ size: BenchSize) { self.size = size }

    private struct Load {
        var name: String
        var events: Int
        var pace: StreamSource.Pace
        var rounds: Int
    }

    func rows() throws(BenchFailure) -> [BenchRow] {
        let isFull = size == .full
        let loads = [
            Load(
                name: "a write a token", events: isFull ? 500 : 20,
                pace: .inStep(periodNs: 5_000_000), rounds: isFull ? 3 : 1),
            Load(
                name: "64 KiB writes", events: isFull ? 40_000 : 500, pace: .asTaken,
                rounds: isFull ? 5 : 1),
        ]
        var rows: [BenchRow] = []
        for load in loads {
            for server in SampleStream.Server.allCases {
                rows += try self.rows(
                    SampleStream(of: server, events: load.events), server, load)
            }
        }
        return rows
    }

    /// The client as it is and one that scans every event, by turns with the floor of both.
    ///
    /// - Returns: the least of several rounds: what else runs on the machine only adds to it.
    private func rows(
        _ stream: SampleStream, _ server: SampleStream.Server, _ load: Load
    ) throws(BenchFailure) -> [BenchRow] {
        var floor = Int64.max
        var ours = Int64.max
        var scanning = Int64.max
        for _ in 0..<load.rounds {
            floor = min(floor, try receiveInC(stream, load))
            ours = min(ours, try receive(stream, load, recognisesEvents: true))
            scanning = min(scanning, try receive(stream, load, recognisesEvents: false))
        }
        let tokens = Double(connections * load.events)
        return [("", ours), (", scanned", scanning)].map { suffix, cpuNs in
            BenchRow(
                benchmark: .client, name: "\(server.rawValue), \(load.name)\(suffix)",
                value: Double(cpuNs) / 1e3 / tokens, unit: "CPU us/token",
                floor: Double(floor) / 1e3 / tokens)
        }
    }

    /// CPU time of the C receiver, ns.
    private func receiveInC(
        _ stream: SampleStream, _ load: Load
    ) throws(BenchFailure) -> Int64 {
        let source = try StreamSource(stream, connections: connections, pace: load.pace)
        var received = legato_received()
        let code = ClientDrive.plainRequest.withUnsafeBufferPointer { request in
            legato_receive(
                source.port, UInt32(connections),
                legato_piece(bytes: request.baseAddress!, size: request.count),
                UInt64(stream.byteCount), nil, &received)
        }
        try source.finish()
        guard code == 0 else { throw wrong("the C receiver: \(String(cString: strerror(code)))") }
        guard received.bytes == UInt64(connections * stream.byteCount) else {
            throw wrong("the C receiver got \(received.bytes) bytes")
        }
        return received.cpu_ns
    }

    /// CPU time of the client's thread, ns.
    private func receive(
        _ stream: SampleStream, _ load: Load, recognisesEvents: Bool
    ) throws(BenchFailure) -> Int64 {
        var configuration = ClientConfiguration()
        configuration.recognisesEvents = recognisesEvents
        let source = try StreamSource(stream, connections: connections, pace: load.pace)
        let drive: ClientDrive.Outcome
        do throws(SystemError) {
            drive = try ClientDrive.run(
                port: source.port, requests: connections, expectedTokens: stream.events,
                configuration: configuration)
        } catch {
            throw wrong("\(error)")
        }
        try source.finish()
        for (index, count) in drive.tokens.enumerated() where count != stream.events {
            throw wrong("stream \(index) gave \(count) of \(stream.events) tokens")
        }
        guard drive.completed == connections else {
            throw wrong("\(drive.completed) of \(connections) streams completed")
        }
        return drive.cpuNs
    }

    private func wrong(_ problem: String) -> BenchFailure {
        BenchFailure(benchmark: .client, problem: problem)
    }
}
