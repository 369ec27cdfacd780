import Foundation
import Testing

/// Whether tokens were held, by runs over real sockets: engines and proxies that hold, and honest
/// ones.
@Suite("Held tokens, over real sockets", .serialized)
struct HoldingRunTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Options of the engine.
        var engine: [String] = []
        var proxy: HoldingProxy.Policy?
        /// Verdicts of which one must be among those of the run; none: tokens were not held.
        var named: Set<String> = []
    }

    static let kinds = [
        Kind(testDescription: "an engine that holds nothing"),
        Kind(testDescription: "the same behind a proxy that holds nothing", proxy: .pass),
        Kind(
            testDescription: "--stream-interval 4", engine: ["--stream-interval", "4"],
            named: ["interval"]),
        Kind(
            testDescription: "--stream-interval 8", engine: ["--stream-interval", "8"],
            named: ["interval"]),
        Kind(
            testDescription: "--hold-first 0.5", engine: ["--hold-first", "0.5"],
            named: ["hold-first"]),
        Kind(
            testDescription: "a proxy that flushes after 50 ms", proxy: .flush(50_000_000),
            named: ["flush", "tick"]),
        Kind(
            testDescription: "a proxy that flushes each 50 ms", proxy: .tick(50_000_000),
            named: ["tick", "flush"]),
        Kind(
            testDescription: "a proxy that paces to 30 ms", proxy: .pace(30_000_000),
            named: ["paced"]),
    ]

    @Test("Who holds is named, and nobody else", arguments: kinds)
    func verdict(kind: Kind) throws {
        try Program.withFolder { folder in
            let engine = try Program.start(["engine", "--port", "0"] + kind.engine)
            defer { engine.signal(SIGKILL) }
            try #require(engine.wait { $0.output.contains("listening on http://") })
            let address = engine.output.split(separator: ":").last?.prefix { $0.isNumber }
            var port = try #require(address.flatMap { UInt16($0) })
            let proxy = try kind.proxy.map { try #require(HoldingProxy(to: port, $0)) }
            defer { proxy?.close() }
            port = proxy?.port ?? port
            if kind.named.isEmpty {
                let (target, verdicts) = try judged(port, into: folder.path + "/run")
                #expect(target["held"] as? Bool != true, "\(target)")
                #expect(!verdicts.contains("too-little"), "\(target)")
                return
            }
            // A busy machine lets events come together, and another name fits what it made of
            // them; whoever holds nothing is never tried twice.
            var tries: [[String: Any]] = []
            for attempt in 1...3 {
                let run = folder.path + "/run-\(attempt)"
                let (target, verdicts) = try judged(port, into: run)
                #expect(target["held"] as? Bool == true, "\(target)")
                let table = try Program.run(["score", run, "--allow-invalid"]).text
                #expect(["held", "holds", "paced"].contains { table.contains($0) }, "\(table)")
                if !verdicts.isDisjoint(with: kind.named) { return }
                tries.append(target)
            }
            Issue.record("\(kind.named) was named in no run: \(tries)")
        }
    }

    /// The only target of a run against `port`, as the run judges it, and its verdicts.
    private func judged(
        _ port: UInt16, into run: String
    ) throws -> (target: [String: Any], verdicts: Set<String>) {
        let result = try Program.run(
            [
                "run", "--url", "http://127.0.0.1:\(port)", "--request-rate", "10..20",
                "--duration", "5 s", "--input-len", "50..150", "--output-len", "100", "--out",
                run, "--json", "--allow-invalid", "--no-probe", "--drain", "10 s",
            ], mayHold: true)
        try #require(result.status == 0, "\(result.errors)")
        let targets = try #require(result.json()["holding"] as? [String: [String: Any]])
        let target = try #require(targets.values.first)
        return (target, Set(try #require(target["verdict"] as? [String])))
    }
}
