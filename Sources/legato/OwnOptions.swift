import ArgumentParser
import JSON
import OtherTools
import Scenario

/// A command's own options, as its parser knows them.
struct OwnOptions {
    let command: String
    /// With their dashes, short ones too.
    let names: Set<String>

    /// The options of the subcommand that is called so; nil where there is none.
    init?(of command: String) {
        guard
            let type = Legato.configuration.subcommands.first(where: {
                $0.configuration.commandName == command
            })
        else { return nil }
        self.command = command
        names = Self.names(type._dumpHelp())
    }

    /// `arguments` in the command's own words; the process's end with 64 where one of them has
    /// none.
    func words(for arguments: [String]) -> [String] {
        let explains = ["run", "check"].contains(command)
        switch ArgumentTranslation(arguments, owned: names, explains: explains) {
        case .arguments(let words): return words
        case .refused(let sentences):
            Exit.now(Exit.usage, sentences.joined(separator: "\nlegato: "))
        }
    }

    /// Why `words` cannot be parsed, where that is a long option which the command does not have.
    func unknownOption(in words: [String]) -> String? {
        let typed = words.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }
        guard
            let unknown = typed.map({ String($0.prefix { $0 != "=" }) })
                .first(where: { !names.contains($0) })
        else { return nil }
        let known = names.filter { $0.hasPrefix("--") }.sorted()
        // Names that go on where the typed one ends are as near as those that are spelt like it.
        let longer = known.filter { $0.hasPrefix(unknown + "-") }.prefix(3)
        let near = longer + (nearestName(to: unknown, among: known).map { [$0] } ?? [])
        let hint =
            near.isEmpty
            ? "`legato \(command) --help` lists what there is"
            : "did you mean \(near.joined(separator: " or "))?"
        return "\(unknown): `legato \(command)` has no such option; \(hint)"
    }

    /// The names in the parser's own description of a command.
    private static func names(_ description: String) -> Set<String> {
        do throws(JSONSyntaxError) {
            let options = try JSONValue(parsing: description)["command"]?["arguments"]?.array ?? []
            return Set(
                options.flatMap { $0["names"]?.array ?? [] }.compactMap { name in
                    guard let text = name["name"]?.string else { return nil }
                    return (name["kind"]?.string == "long" ? "--" : "-") + text
                })
        } catch {
            preconditionFailure("the parser describes its options as JSON")
        }
    }
}
