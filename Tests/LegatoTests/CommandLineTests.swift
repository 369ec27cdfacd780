import Foundation
import Testing

@Suite("The command line")
struct CommandLineTests {
    @Test("Help names every command and ends with 0")
    func help() throws {
        let help = try Program.run(["--help"])
        #expect(help.status == 0)
        for command in ["run", "agent", "check", "score", "engine", "token"] {
            #expect(help.text.contains(command))
            #expect(try Program.run([command, "--help"]).status == 0)
        }
    }

    @Test(
        "Bad usage ends with 64 and says what to do",
        arguments: [
            ["run", "--rate", "3"], ["agent"], ["agent", "--coordinator", "nowhere"],
            ["agent", "--coordinator", "127.0.0.1:1", "--url", "http://a", "--embedded-engine"],
            ["engine", "--gpu", "H1000"], ["run", "--local", "2", "--agents", "2"],
            ["run", "--local", "0"],
        ])
    func badUsage(arguments: [String]) throws {
        let result = try Program.run(arguments)
        #expect(result.status == 64, "\(arguments): \(result.errors)")
        #expect(!result.errors.isEmpty)
        #expect(result.output.isEmpty)
    }

    @Test("A scenario that is wrong ends with 65, file, line and column")
    func badScenario() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("bad.yaml")
            try Data("name: bad\nstages:\n  - { rat: 4/s, duration: 2 s }\n".utf8).write(to: file)
            for command in ["run", "check"] {
                let result = try Program.run([command, file.path])
                #expect(result.status == 65)
                #expect(result.errors.contains("bad.yaml:3:"), "\(result.errors)")
                #expect(result.errors.contains("rate"), "\(result.errors)")
            }
            let missing = try Program.run(["check", folder.path + "/none.yaml"])
            #expect(missing.status == 65)
            #expect(missing.errors.contains("none.yaml"))
        }
    }

    @Test("A token is 64 hexadecimal digits in a file of mode 600, and is never overwritten")
    func token() throws {
        try Program.withFolder { folder in
            let path = folder.path + "/token"
            #expect(try Program.run(["token", "--out", path]).status == 0)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? Int) == 0o600)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.count == 65)
            let again = try Program.run(["token", "--out", path])
            #expect(again.status != 0 && again.errors.contains("exists"))
            let first = try Program.run(["token"]).text
            #expect(first != (try Program.run(["token"]).text))
        }
    }
}
