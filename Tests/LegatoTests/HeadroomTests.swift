import Foundation
import Testing

/// `legato check --headroom` and the look before a run, as users call them.
@Suite(.serialized) struct HeadroomTests {
    private static let small = [
        "--request-rate", "4", "--num-prompts", "20", "--input-len", "8", "--output-len", "8",
    ]
    private static let second = ["--headroom", "--headroom-time", "1 s"]

    @Test func aSmallPlanFits() throws {
        let result = try Program.run(["check"] + Self.small + Self.second)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.text.contains("head-room of ") && result.text.contains("fits "))
        for row in ["plan's peak", "driven", "limit", "busiest client", "cores", "open files"] {
            #expect(result.text.contains(row), "\(row) in \(result.text)")
        }
        #expect(result.text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test func theJSONHasThePlanToo() throws {
        let json = try Program.run(["check", "--json"] + Self.small + Self.second).json()
        let headroom = try #require(json["headroom"] as? [String: Any])
        #expect(headroom["verdict"] as? String == "fits")
        #expect(json["plan"] is [String: Any] && json["servers"] == nil)
        let limit = try #require(headroom["limit"] as? [String: Any])
        #expect(try #require(limit["tokens_per_s"] as? Double) > 0)
    }

    @Test func aPlanBeyondTheFilesDoesNotFit() throws {
        let running = try Program.start(
            ["check", "--max-concurrency", "150", "--num-prompts", "300"] + Self.second,
            under: ["/bin/sh", "-c", #"ulimit -n 200; exec "$0" "$@""#])
        let result = running.finish(limit: 60)
        #expect(result.status == 2, "\(result.text) \(result.errors)")
        #expect(result.text.contains("does not fit") && result.text.contains("ulimit -n"))
    }

    @Test(arguments: [
        (["--headroom", "--url", "http://127.0.0.1:9"], "--url alone has none"),
        (["--headroom", "--explain"], "drop one"),
        (["--headroom-time", "2 s"], "add that"),
        (["--headroom", "--headroom-time", "0.5 s"], "from 1 s to 1 min"),
        (["--headroom", "--headroom-time", "61 s"], "from 1 s to 1 min"),
        (["--headroom", "--headroom-time", "soon"], "--headroom-time"),
    ])
    func whatDoesNotGoTogetherIsRefused(options: [String], words: String) throws {
        let result = try Program.run(["check"] + options)
        #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test(arguments: [false, true])
    func aRunThatAsksForMuchLooksFirst(isLeftOut: Bool) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("headroom-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let result = try Program.run(
            [
                "run", "--max-concurrency", "510", "--num-prompts", "510", "--input-len", "4",
                "--output-len", "2", "--allow-invalid", "--out", folder.path,
            ] + (isLeftOut ? ["--no-headroom"] : []))
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("whether this node can drive the plan") == !isLeftOut)
    }
}
