import Foundation
import Screens
import Testing

/// The live view of a real run at a real pseudo-terminal.
@Suite("The live view")
struct LiveViewTests {
    private static let scenario = """
        name: live
        stages: [{ rate: 20/s, duration: 6 s }]
        classes: [{ name: a, input: 20 tokens, output: 10 tokens }]
        """

    /// A run at `terminal`, which follows `sizes` while frames come.
    private func run(
        _ environment: [String: String], sizes: [(columns: Int, rows: Int)]
    ) throws -> (screen: Screen, bytes: [UInt8]) {
        try Program.withFolder { folder in
            let terminal = try #require(Terminal())
            defer { terminal.close() }
            var screen = Screen(columns: sizes[0].columns, rows: sizes[0].rows)
            terminal.resize(columns: screen.columns, rows: screen.rows)
            let file = try Program.scenario(Self.scenario, in: folder)
            let run = folder.appendingPathComponent("run").path
            let started = try Program.start(
                ["run", file, "--local", "2", "--out", run], environment: environment,
                under: ["/bin/sh", "-c", "exec \"$@\" 2>\(terminal.name)", "sh"])
            var bytes: [UInt8] = []
            var rest = sizes.dropFirst()
            var frames = 0
            func follow() {
                let read = terminal.read()
                bytes += read
                screen.feed(read)
                // Every fourth frame finds another size.
                frames += read.count { $0 == UInt8(ascii: "A") } > 0 ? 1 : 0
                guard frames >= 4, let next = rest.popFirst() else { return }
                frames = 0
                terminal.resize(columns: next.columns, rows: next.rows)
                screen.resize(columns: next.columns, rows: next.rows)
            }
            _ = started.wait { running in
                follow()
                return !running.isRunning
            }
            let result = started.finish()
            follow()
            #expect(result.status == 0, "\(result.errors)")
            return (screen, bytes)
        }
    }

    private static let utf8 = ["TERM": "xterm", "LC_ALL": "C.UTF-8", "NO_COLOR": ""]

    @Test("It is drawn over, whatever becomes of the terminal's size")
    func resizes() throws {
        let (screen, bytes) = try run(
            Self.utf8, sizes: [(100, 40), (60, 24), (40, 20), (200, 50), (80, 24)])
        let lines = screen.lines
        #expect(screen.unknown.isEmpty)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.split(separator: "\u{1b}[J").count > 8, "too few frames to say anything")
        for words in ["smooth goodput", " agent ", "━"] {
            #expect(lines.count { $0.contains(words) } == 1, "\(words) \(lines)")
        }
        #expect(
            lines.count { $0.hasPrefix("legato 0") && $0.contains("of 00:06") } == 1, "\(lines)")
        #expect(
            lines.contains { $0.contains("local-1") } && lines.contains { $0.contains("local-2") })
        #expect(screen.columns == 80, "the terminal went through all its sizes")
    }

    @Test("NO_COLOR leaves colours out, and a locale without UTF-8 all but ASCII")
    func plain() throws {
        let (screen, bytes) = try run(
            ["TERM": "xterm", "LC_ALL": "C", "NO_COLOR": "1"], sizes: [(100, 40)])
        #expect(bytes.allSatisfy { $0 < 0x80 })
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains(/\u{1b}\[[0-9]+m/) && text.contains("\u{1b}[J"))
        #expect(screen.lines.count { $0.contains("smooth goodput") } == 1)
    }

    @Test("A dumb terminal gets lines, and no sequence")
    func dumb() throws {
        let (_, bytes) = try run(["TERM": "dumb", "LC_ALL": "C.UTF-8"], sizes: [(100, 40)])
        #expect(!bytes.contains(0x1B))
    }
}
