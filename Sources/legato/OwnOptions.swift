import ArgumentParser
import JSON
import OtherTools
import Scenario

/// A command's own options, as its parser knows them.
struct OwnOptions {
    let command: String
    /// With their dashes, short ones too.
    let names: Set<String>
    /// Those of them that take a value.
    private let valued: Set<String>

    /// The options of the subcommand that is called so; nil where there is none.
    init?(of command: String) {
        guard
            let type = Legato.configuration.subcommands.first(where: {
                $0.configuration.commandName == command
            })
        else { return nil }
        self.command = command
        let options = Self.options(type._dumpHelp())
        names = Set(options.flatMap(Self.names(of:)))
        valued = Set(
            options.filter { $0["kind"]?.string == "option" }.flatMap(Self.names(of:)))
    }

    /// `arguments` with negative numbers behind their options' equals signs: the parser would take
    /// one that stands alone for an option, and miss the value.
    func joined(_ arguments: [String]) -> [String] {
        var joined: [String] = []
        var rest = arguments[...]
        while let word = rest.popFirst() {
            guard word != "--" else { return joined + [word] + rest }
            if word.hasPrefix("--"), valued.contains(word), let next = rest.first,
                next.prefixMatch(of: /-\.?[0-9]/) != nil
            {
                rest.removeFirst()
                joined.append("\(word)=\(next)")
            } else {
                joined.append(word)
            }
        }
        return joined
    }

    /// `arguments` in the command's own words, and the names that were typed for its options; the
    /// process's end with 64 where one of them has none.
    func words(for arguments: [String]) -> ([String], typed: [String: [String]]) {
        let explains = ["run", "check"].contains(command)
        switch ArgumentTranslation(arguments, owned: names, explains: explains) {
        case .arguments(let words, let typed): return (words, typed)
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

    /// The options in the parser's own description of a command.
    private static func options(_ description: String) -> [JSONValue] {
        do throws(JSONSyntaxError) {
            return try JSONValue(parsing: description)["command"]?["arguments"]?.array ?? []
        } catch {
            preconditionFailure("the parser describes its options as JSON")
        }
    }

    private static func names(of option: JSONValue) -> [String] {
        (option["names"]?.array ?? []).compactMap { name in
            guard let text = name["name"]?.string else { return nil }
            return (name["kind"]?.string == "long" ? "--" : "-") + text
        }
    }
}
