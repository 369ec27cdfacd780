import ArgumentParser
import Foundation
import OtherTools
import Testing

@testable import legato

@Suite("What README and the guides tell people to type")
struct GuideTests {
    @Test("Every command line is parsed by the command that it names")
    func commands() throws {
        var count = 0
        for page in try Guides.pages() {
            for arguments in page.commands {
                count += 1
                let line = "legato " + arguments.joined(separator: " ")
                #expect(throws: Never.self, "\(page.name): \(line)") {
                    _ = try Self.parsed(arguments)
                }
            }
        }
        #expect(count > 30, "\(count) command lines were found")
    }

    @Test("Files of the repository that a command line names are there")
    func files() throws {
        let folders = ["workloads/", "tools/", "cluster/"]
        for page in try Guides.pages() {
            let words = page.codeLines.flatMap(ShellLine.commands).joined() + page.spans
            for word in words where folders.contains(where: word.hasPrefix) {
                let path = String(word.prefix { $0 != " " })
                let file = Program.root.appendingPathComponent(path).path
                #expect(FileManager.default.fileExists(atPath: file), "\(page.name): \(word)")
            }
        }
    }

    @Test("Every option that a sentence names is an option of a command, or another tool's")
    func options() throws {
        let own = Legato.configuration.subcommands.reduce(into: Set<String>()) { names, command in
            names.formUnion(OwnOptions(of: command.configuration.commandName ?? "")?.names ?? [])
        }
        // Slurm's.
        let others: Set = ["--export", "--nodes"]
        var count = 0
        for page in try Guides.pages() {
            for span in page.spans where !span.hasPrefix("tools/") {
                for option in span.matches(of: /(?:^|\s)(--[a-z][a-z-]*)/).map({ String($0.1) }) {
                    count += 1
                    let isKnown =
                        own.contains(option) || others.contains(option)
                        || ForeignOption.named(option) != nil
                    #expect(isKnown, "\(page.name): `\(span)`: \(option) is no option")
                }
            }
        }
        #expect(count > 30, "\(count) options were found")
    }

    /// The command that `arguments` would run, other tools' options translated.
    private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
        guard let name = arguments.first, let own = OwnOptions(of: name) else {
            return try Legato.parseAsRoot(arguments)
        }
        let explains = ["run", "check"].contains(name)
        let rest = Array(arguments.dropFirst())
        switch ArgumentTranslation(rest, owned: own.names, explains: explains) {
        case .arguments(let words, _): return try Legato.parseAsRoot([name] + own.joined(words))
        case .refused(let sentences): throw Refusal(sentences: sentences)
        }
    }

    private struct Refusal: Error {
        var sentences: [String]
    }
}

@Suite("The guides' own reading of pages")
struct ShellLineTests {
    @Test(
        "A line is parted as a shell parts it",
        arguments: [
            ("legato run a.yaml  # sends", [["legato", "run", "a.yaml"]]),
            ("a && b 'c d' \"e;f\"", [["a"], ["b", "c d", "e;f"]]),
            ("for r in 1 4; do", [["for", "r", "in", "1", "4"], ["do"]]),
            ("a '' b | c &", [["a", "", "b"], ["c"]]),
            ("# all of it", []),
        ] as [(String, [[String]])])
    func lines(line: String, commands: [[String]]) {
        #expect(ShellLine.commands(of: line) == commands)
    }

    @Test("Code blocks are read, continued lines as one, and prose is not")
    func blocks() {
        let page = Guides.Page(
            name: "page",
            text: """
                Prose with `legato run` and `--out DIR`.

                    legato run a.yaml \\
                        --local 2
                    for a in 1; do
                        legato score $a
                    done

                ```yaml
                legato: no
                ```
                """)
        #expect(page.commands == [["run", "a.yaml", "--local", "2"], ["score", "$a"]])
        #expect(page.spans == ["legato run", "--out DIR"])
    }
}
