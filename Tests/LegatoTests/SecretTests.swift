import Foundation
import Testing

/// A server that repeats what it was sent: nothing of it may stay, in any file and on any screen.
@Suite("Secrets that a server repeats", .serialized)
struct SecretTests {
    private static let key = "sk-proj-Abc123def456GHI789"

    private func withKey<T>(_ body: (URL, [String]) throws -> T) throws -> T {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("key")
            try Data("\(Self.key)\n".utf8).write(to: file)
            chmod(file.path, 0o600)
            return try body(
                folder, ["--api-key-file", file.path, "--header", "x-team: hunter2-blue"])
        }
    }

    /// Every form in which this server says it.
    private static func echo(_ request: String) -> String {
        let escaped = key.unicodeScalars.map { scalar in
            "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        }.joined()
        let percent = key.utf8.map { "%" + String($0, radix: 16) }.joined()
        let base64 = Data("user:\(key)".utf8).base64EncodedString()
        return "bad key \(key) \(escaped) \(percent) \(base64) of team hunter2-blue"
    }

    private func check(_ text: String, _ what: String) {
        let base64 = Data("user:\(Self.key)".utf8).base64EncodedString()
        let secrets = [
            "sk-proj-", "Abc123def", "GHI789", "hunter2", "%73%6b", "\\u0073\\u006b",
            String(base64.dropFirst(8).prefix(12)),
        ]
        for secret in secrets {
            #expect(
                !text.lowercased().contains(secret.lowercased()), "\(secret) in \(what): \(text)")
        }
    }

    @Test(
        "An error's text is kept without them: in the run's files, the journal and the terminal",
        arguments: ["401 Unauthorized", "200 OK"])
    func run(status: String) throws {
        let server = try SmallServer { request in
            guard request.hasPrefix("POST") else { return .whole(SmallServer.models) }
            let error =
                "{\"error\":{\"message\":\"\(Self.echo(request))\",\"type\":\"\(Self.key)\"}}"
            return .whole(
                status.hasPrefix("200")
                    ? SmallServer.response(status, "text/event-stream", "data: \(error)\n\n")
                    : SmallServer.response(status, "application/json", error))
        }
        defer { server.close() }
        try withKey { folder, secrets in
            let run = folder.appendingPathComponent("run")
            let result = try Program.run(
                [
                    "run", "--url", server.url, "--num-prompts", "6", "--request-rate", "50",
                    "--input-len", "10", "--output-len", "3", "--out", run.path, "--no-probe",
                    "--allow-invalid",
                ] + secrets)
            #expect(result.status == 0, "\(result.errors)")
            // It was really sent, and really repeated.
            #expect(server.requests.contains { $0.contains("Bearer \(Self.key)") })
            check(result.text + result.errors, "the terminal")
            for name in ["requests.jsonl", "manifest.json", "summary.json"] {
                let text = try String(
                    contentsOf: run.appendingPathComponent(name), encoding: .utf8)
                check(text, name)
                if name == "requests.jsonl" { #expect(text.contains("bad key ***")) }
            }
            // The journal packs its texts; what it holds is what a second scoring shows.
            let journal = try Data(contentsOf: run.appendingPathComponent("tokens.log"))
            check(String(decoding: journal, as: UTF8.self), "tokens.log")
        }
    }

    @Test("check --url and a run's probe show them no more than a run does")
    func probes() throws {
        let server = try SmallServer { request in
            let error = "{\"error\":{\"message\":\"\(Self.echo(request))\"}}"
            if request.hasPrefix("POST") {
                return .whole(SmallServer.response("400 Bad Request", "application/json", error))
            }
            return .whole(
                SmallServer.response(
                    "200 OK", "application/json", "{\"data\":[{\"id\":\"m of \(Self.key)\"}]}"))
        }
        defer { server.close() }
        try withKey { folder, secrets in
            let checked = try Program.run(["check", "--url", server.url] + secrets)
            check(checked.text + checked.errors, "check")
            let json = try Program.run(["check", "--url", server.url, "--json"] + secrets)
            check(json.text + json.errors, "check --json")
            let run = try Program.run(
                [
                    "run", "--url", server.url, "--num-prompts", "2", "--request-rate", "50",
                    "--input-len", "10", "--output-len", "3", "--out", folder.path + "/run",
                ] + secrets)
            #expect(run.status != 0)
            check(run.text + run.errors, "run")
        }
    }
}
