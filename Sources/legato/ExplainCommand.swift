import ArgumentParser
import Console
import Foundation
import Glossary
import JSON
import PlainText
import Scenario

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a word of the result tables means.",
        discussion: """
            WORD is a heading, a row or a verdict of a table, in any case, with or without a \
            percentile: TTFT, "TTFT p99", idle, robust, "clock +-". Names of other tools are \
            understood (itl, e2el). Without a word all of them are listed.

            Exit codes: 0 explained; 64 an unknown word, with the nearest one.
            """)

    @Argument(help: "The word; several make one, so that no quotes are needed.")
    var word: [String] = []

    @Flag(help: "Print the metric reference, all words in Markdown.")
    var markdown = false

    @Flag(help: "Print JSON, and nothing else, on standard output.")
    var json = false

    func validate() throws {
        if markdown, json || !word.isEmpty {
            throw ValidationError("--markdown prints all words; drop the rest")
        }
    }

    func run() throws {
        guard Output.write(try text(), to: STDOUT_FILENO) else {
            Exit.now(Exit.failed, "the words cannot be printed")
        }
    }

    private func text() throws -> String {
        if markdown { return Glossary.markdown }
        guard !word.isEmpty else {
            guard !json else { return Glossary.json.indented }
            let style = Console.resultStyle
            return Console.result(
                Glossary.index(width: consoleWidth)
                    .map { $0.hasPrefix(" ") ? $0 : " " + style.bold($0) })
        }
        let name = word.joined(separator: " ")
        guard let entry = Glossary.entry(for: name) else { Exit.now(Exit.usage, unknown(name)) }
        guard !json else { return entry.json.indented }
        var lines = entry.lines(width: consoleWidth)
        lines[0] = " " + Console.resultStyle.bold(lines[0])
        return Console.result(lines)
    }

    private func unknown(_ name: String) -> String {
        let nearest =
            nearestName(to: name.lowercased(), among: Glossary.names.map { $0.lowercased() })
        let hint =
            nearest.map { "did you mean `\($0)`?" } ?? "`legato explain` lists what there is"
        return "`\(name.harmless.cut(60))` is no word of the tables; \(hint)"
    }
}
