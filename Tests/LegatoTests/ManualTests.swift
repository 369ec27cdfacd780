import ArgumentParser
import ChildPrograms
import Foundation
import Testing

@testable import legato

@Suite(
    "Manual pages", .serialized,
    .enabled(if: ChildProgram.works("/usr/bin/env", "python3", "-c", ""), "python3 writes them"))
struct ManualTests {
    @Test("A page for the program and each command, with every option that help shows")
    func pages() throws {
        try Program.withFolder { folder in
            try Self.make(in: folder)
            let commands = Legato.configuration.subcommands.compactMap {
                $0.configuration.commandName
            }
            let wanted = Set(["legato.1"] + commands.map { "legato-\($0).1" })
            let made = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(Set(made) == wanted)
            for command in commands {
                let page = try String(
                    contentsOfFile: "\(folder.path)/legato-\(command).1", encoding: .utf8)
                let help = try Program.run([command, "--help"]).text
                let options = help.matches(of: /(?m)^  (?:-\w, )?--([a-z][a-z-]*)/)
                #expect(!options.isEmpty)
                for option in options {
                    #expect(page.contains("Fl -\(option.1)"), "\(command): --\(option.1)")
                }
                #expect(page.contains(".Sh NAME\n.Nm legato-\(command)\n"))
            }
        }
    }

    @Test("What prints manual pages finds no fault in them, and prints them")
    func printed() throws {
        try Program.withFolder { folder in
            try Self.make(in: folder)
            let pages = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .map { folder.path + "/" + $0 }
            let checkers = [
                ("/usr/bin/mandoc", ["-Tlint", "-Wwarning"]),
                ("/usr/bin/man", ["--warnings", "-l"]),
            ].filter { FileManager.default.isExecutableFile(atPath: $0.0) }
            for (checker, options) in checkers {
                let result = try ChildProgram.run(
                    "/bin/sh",
                    ["-c", #"exec "$@" 2>&1 >/dev/null"#, "sh", checker] + options + pages,
                    environment: ["MANPAGER": "cat", "LC_ALL": "C.UTF-8"])
                #expect(result.status == 0 && result.words.isEmpty, "\(checker): \(result.words)")
            }
            guard FileManager.default.isExecutableFile(atPath: "/usr/bin/man") else { return }
            let text = try ChildProgram.run(
                "/usr/bin/man", ["-l", folder.path + "/legato-score.1"],
                environment: ["MANPAGER": "cat", "LC_ALL": "C.UTF-8", "MANWIDTH": "80"]
            ).words
            #expect(text.contains("--as-printed-by") && text.contains("EXIT STATUS"), "\(text)")
        }
    }

    private static func make(in folder: URL) throws {
        let tool = Program.root.appendingPathComponent("tools/manual").path
        let made = try ChildProgram.run(
            "/usr/bin/env",
            ["python3", tool, "--legato", Program.executable.path, "--out", folder.path])
        try #require(made.status == 0, "\(made.words)")
    }
}
