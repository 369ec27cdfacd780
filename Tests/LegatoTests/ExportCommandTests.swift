import Foundation
import Testing

@Suite("legato export", .serialized)
struct ExportCommandTests {
    private static let load = [
        "run", "--virtual", "--request-rate", "8", "--num-prompts", "60", "--input-len", "300",
        "--output-len", "10..60", "--seed", "4", "--local", "2",
    ]

    @Test("vLLM's numbers are those of score --as-printed-by, and the run's folder stays as it is")
    func vllm() throws {
        try Program.withFolder { folder in
            let run = folder.path + "/run"
            let made = try Program.run(Self.load + ["--out", run])
            try #require(made.status == 0, "\(made.errors)")
            let before = try FolderState(URL(fileURLWithPath: run))
            let printed = try Program.run(["score", run, "--as-printed-by", "vllm", "--json"])
            let exported = try Program.run(["export", run, "--as", "vllm"])
            #expect(exported.status == 0 && exported.errors.isEmpty, "\(exported.errors)")
            let file = exported.json()
            for (name, value) in printed.json() {
                #expect((value as? NSObject)?.isEqual(file[name]) == true, "\(name)")
            }
            #expect((file["ttfts"] as? [Double])?.count == 60)
            #expect(file["request_rate"] as? Double == 8)
            let origin = file["legato"] as? [String: Any]
            #expect((origin?["simulated"] as? String)?.hasPrefix("simulated H100") == true)
            #expect(try FolderState(URL(fileURLWithPath: run)) == before)
        }
    }

    @Test("Every format into a file of its own, the same as on standard output")
    func files() throws {
        try Program.withFolder { folder in
            let run = folder.path + "/run"
            let made = try Program.run(Self.load + ["--out", run])
            try #require(made.status == 0, "\(made.errors)")
            for format in Self.formats {
                let out = folder.path + "/" + format
                let written = try Program.run(["export", run, "--as", format, "--out", out])
                #expect(written.status == 0 && written.text.isEmpty, "\(written.errors)")
                let printed = try Program.run(["export", run, "--as", format])
                #expect(try Data(contentsOf: URL(fileURLWithPath: out)) == printed.output)
                #expect(printed.output.count > 1_000)
                let again = try Program.run(["export", run, "--as", format, "--out", out])
                #expect(again.status == 1 && again.errors.contains("is there already"))
            }
            let within = try Program.run(["export", run, "--as", "csv", "--out", run + "/x.csv"])
            #expect(within.status == 1 && within.errors.contains("run's own folder"))
            #expect(!FileManager.default.fileExists(atPath: run + "/x.csv"))
        }
    }

    @Test("What is no run is refused in a sentence")
    func refused() throws {
        try Program.withFolder { folder in
            let missing = try Program.run(["export", folder.path + "/none", "--as", "csv"])
            #expect(missing.status == 1 && missing.errors.contains("cannot be opened"))
            let empty = try Program.run(["export", folder.path, "--as", "csv"])
            #expect(empty.status == 65 && empty.errors.contains("has no manifest.json"))
            let format = try Program.run(["export", folder.path, "--as", "xlsx"])
            #expect(format.status == 64 && format.errors.contains("vllm"))
        }
    }

    private static let formats = ["vllm", "aiperf", "csv", "perfetto", "benchmark-report"]
}
