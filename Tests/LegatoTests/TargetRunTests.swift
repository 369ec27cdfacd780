import Dispatch
import EventLoop
import Foundation
import TargetFixtures
import Testing

/// Whole runs against a served engine behind a gateway that speaks TLS, and behind a Unix socket.
@Suite("Runs over TLS and Unix sockets", .serialized)
struct TargetRunTests {
    private let file = AuthorityFile()

    /// An engine of its own, and `make`'s server in front of it.
    private func withServer<Server>(
        _ make: @escaping @Sendable (EventLoop, UInt16) throws -> (Server, close: () -> Void),
        _ body: (Server) throws -> Void
    ) throws {
        let engine = try Program.start(["engine", "--port", "0"])
        defer { engine.signal(SIGTERM) }
        try #require(engine.wait { $0.output.contains("listening on http://") })
        let text = try #require(engine.output.split(separator: ":").last)
        let port = try #require(UInt16(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        let loop = try EventLoop(name: "gateway")
        loop.start()
        defer { loop.shutdown() }
        // Sound: made on the loop, read after the semaphore, closed on the loop.
        nonisolated(unsafe) var made: Result<(Server, close: () -> Void), any Error>?
        let done = DispatchSemaphore(value: 0)
        loop.post {
            made = Result { try make(loop, port) }
            done.signal()
        }
        done.wait()
        let server = try #require(try made?.get())
        defer {
            nonisolated(unsafe) let close = server.close
            loop.post {
                close()
                done.signal()
            }
            done.wait()
        }
        try body(server.0)
    }

    private func withGateway(_ body: (String) throws -> Void) throws {
        let certificate = TestCertificate(
            subject: "a gateway", names: "DNS:localhost", issuer: file.authority)
        try withServer { loop, port in
            let forwarder = try TLSForwarder(loop: loop, certificate: certificate, backend: port)
            return ("https://localhost:\(forwarder.port)", { forwarder.close() })
        } _: { url in
            try body(url)
        }
    }

    private static let load = [
        "--num-prompts", "20", "--request-rate", "40", "--input-len", "10", "--output-len", "5",
        "--allow-invalid",
    ]

    private func agents(of run: URL) throws -> (agents: [[String: Any]], text: String) {
        let data = try Data(contentsOf: run.appendingPathComponent("manifest.json"))
        let manifest = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        return (
            try #require(manifest["agents"] as? [[String: Any]]),
            String(decoding: data, as: UTF8.self)
        )
    }

    /// The server was asked for its metrics on the same way.
    private func checkMetrics(_ agent: [String: Any]) throws {
        let server = try #require((agent["server_metrics"] as? [[String: Any]])?.first)
        #expect(server["samples"] as? Int ?? 0 >= 1, "\(server)")
        #expect((server["failures"] as? [String: Any])?.isEmpty == true, "\(server)")
    }

    @Test("A run over TLS verifies, and says with whom it spoke and which headers went along")
    func verified() throws {
        try Program.withFolder { folder in
            try withGateway { url in
                let run = folder.appendingPathComponent("run")
                let result = try Program.run(
                    ["run", "--url", url, "--ca", file.path, "--header", "x-team: hunter2"]
                        + ["--local", "2", "--out", run.path, "--json"] + Self.load)
                try #require(result.status == 0, "\(result.errors)")
                let totals = try #require(result.json()["totals"] as? [String: Any])
                let outcomes = try #require(totals["outcomes"] as? [String: Int])
                #expect(outcomes["completed"] == 20 && totals["tokens"] as? Int == 100)
                let (agents, text) = try agents(of: run)
                #expect(agents.count == 2 && !text.contains("hunter2"))
                for agent in agents {
                    #expect(agent["targets"] as? [String] == [url])
                    #expect(agent["request_headers"] as? [String] == ["x-team"])
                    let tls = try #require((agent["tls"] as? [[String: Any]])?.first)
                    #expect(tls["url"] as? String == url && tls["verified"] as? Bool == true)
                    #expect(tls["version"] as? String == "TLSv1.3")
                    #expect(tls["cipher"] as? String != "")
                    try checkMetrics(agent)
                }
                let again = try Program.run(["score", run.path, "--json"])
                #expect(again.output == result.output, "\(again.errors)")
            }
        }
    }

    @Test(
        "A certificate that nobody vouches for ends with 69 and what to do; unverified it is said")
    func unverified() throws {
        try Program.withFolder { folder in
            try withGateway { url in
                let run = folder.appendingPathComponent("run")
                let command = ["run", "--url", url, "--out", run.path] + Self.load
                let refused = try Program.run(command)
                #expect(refused.status == 69, "\(refused.errors)")
                #expect(refused.errors.contains("--ca FILE"), "\(refused.errors)")
                #expect(refused.errors.contains("--insecure-target"))
                #expect(!FileManager.default.fileExists(atPath: run.path))
                let plain = try Program.run(
                    command.map { $0.replacingOccurrences(of: "https://", with: "http://") })
                #expect(plain.status == 69 && plain.errors.contains("write https://"))
                let taken = try Program.run(command + ["--insecure-target"])
                #expect(taken.status == 0, "\(taken.errors)")
                #expect(taken.text.contains("was not verified"), "\(taken.text)")
                let tls = try agents(of: run).agents[0]["tls"] as? [[String: Any]]
                #expect(tls?.first?["verified"] as? Bool == false)
            }
        }
    }

    @Test("check --url takes what run takes")
    func check() throws {
        try withGateway { url in
            let refused = try Program.run(["check", "--url", url])
            #expect(refused.status == 69 && refused.errors.contains("--ca FILE"))
            let taken = try Program.run(
                ["check", "--url", url, "--ca", file.path, "--header", "x-team: a"])
            #expect(taken.status == 0, "\(taken.errors)")
            #expect(taken.text.contains("POST /v1/chat/completions"))
            let unverified = try Program.run(["check", "--url", url, "--insecure-target"])
            #expect(unverified.status == 0, "\(unverified.errors)")
        }
    }

    @Test("A scenario's server may be a Unix socket; headers go along, stamps say what they are")
    func unixSocket() throws {
        try Program.withFolder { folder in
            let path = "/tmp/legato-\(UUID().uuidString.prefix(8)).sock"
            try withServer { loop, port in
                let forwarder = try UnixForwarder(loop: loop, path: path, backend: port)
                return ("unix:\(path)", { forwarder.close() })
            } _: { (url: String) in
                let run = folder.appendingPathComponent("run")
                let scenario = folder.appendingPathComponent("scenario.yaml")
                let text = """
                    name: socket
                    servers:
                      - { url: "\(url)", headers: { x-tenant: hunter2 } }
                    stages:
                      - { rate: 40/s, requests: 20 }
                    classes:
                      - { name: all, input: 10 tokens, output: 5 tokens }
                    """
                try Data(text.utf8).write(to: scenario)
                let result = try Program.run(
                    ["run", scenario.path, "--out", run.path, "--json", "--allow-invalid"])
                try #require(result.status == 0, "\(result.errors)")
                let summary = result.json()
                let totals = try #require(summary["totals"] as? [String: Any])
                let outcomes = try #require(totals["outcomes"] as? [String: Int])
                #expect(outcomes["completed"] == 20)
                let (agents, manifest) = try agents(of: run)
                #expect(agents[0]["targets"] as? [String] == [url])
                #expect((agents[0]["tls"] as? [Any])?.isEmpty == true)
                #expect(agents[0]["request_headers"] as? [String] == ["x-tenant"])
                try checkMetrics(agents[0])
                #expect(!manifest.contains("hunter2"))
                let stamps = (summary["agents"] as? [[String: Any]])?.first?["stamps"]
                let sources = (stamps as? [String: Int]) ?? [:]
                #expect(sources.keys.allSatisfy { $0.hasPrefix("callback") } && !sources.isEmpty)
            }
        }
    }

    @Test("What cannot be used is told before anything is sent")
    func badOptions() throws {
        let run = ["run", "--url", "https://127.0.0.1:9"]
        #expect(try Program.run(run + ["--ca", "/dev/null", "--insecure-target"]).status == 64)
        let missing = try Program.run(run + ["--ca", "/nowhere/ca.pem"])
        #expect(missing.status == 65 && missing.errors.contains("/nowhere/ca.pem"))
        let relative = try Program.run(["run", "--url", "unix:run/a.sock"])
        #expect(relative.status == 64 && relative.errors.contains("unix:/"))
        let absent = try Program.run(["run", "--url", "unix:/tmp/nobody-listens.sock"] + Self.load)
        #expect(absent.status == 69 && absent.errors.contains("nobody-listens.sock"))
        let remote = ["run", "--agents", "1", "--listen", "127.0.0.1:0", "--insecure-target"]
        #expect(try Program.run(remote).status == 64)
    }
}
