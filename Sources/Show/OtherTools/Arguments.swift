/// Arguments of one command, cut into options and the rest.
struct Arguments {
    /// One argument, or an option with its value.
    struct Part {
        /// The option's name as the list has it (dashes for underscores); nil for all else.
        var name: String?
        /// The option's value; nil where none is there.
        var value: String?
        /// The arguments as they were typed.
        var raw: [String]
    }

    var parts: [Part]

    /// - Parameter owned: The command's own options, which are cut only where a rule looks at them.
    init(_ arguments: [String], owned: Set<String>) {
        var parts: [Part] = []
        var rest = arguments[...]
        while let raw = rest.popFirst() {
            if raw == "--" {
                parts += ([raw] + rest).map { Part(name: nil, value: nil, raw: [$0]) }
                break
            }
            guard let typed = Self.name(of: raw) else {
                parts.append(Part(name: nil, value: nil, raw: [raw]))
                continue
            }
            let name = Self.shortNames[typed] ?? typed
            let inline = raw.firstIndex(of: "=").map { String(raw[raw.index(after: $0)...]) }
            var part = Part(name: name, value: inline, raw: [typed + raw.dropFirst(typed.count)])
            let foreign = owned.contains(name) ? nil : ForeignOption.named(name)
            if inline == nil, foreign?.takesValue == true || Self.watched.contains(name),
                let next = rest.first, !Self.isOption(next)
            {
                part.value = rest.removeFirst()
                part.raw.append(next)
            }
            parts.append(part)
            if let more = Self.lists[name] {
                while let next = rest.first, more(next) {
                    parts.append(Part(name: name, value: next, raw: [name + "=" + next]))
                    rest.removeFirst()
                }
            }
        }
        self.parts = parts
    }

    /// Own options that a rule looks at; each takes a value.
    private static let watched: Set<String> = [
        "--url", "--model", "--endpoint", "--header", "--goodput",
    ]

    private static let shortNames = ["-u": "--url", "-m": "--model", "-H": "--header"]

    /// Options that take several values, and which argument is a further one: never the scenario.
    private static let lists: [String: @Sendable (String) -> Bool] = [
        "--goodput": { text in
            text.wholeMatch(of: /[A-Za-z0-9_]+:[0-9].*/) != nil && !text.contains("/")
                || text.wholeMatch(of: /(ttft|tpot|tbt|itl|e2e|e2el)([:=].*)?/) != nil
        },
        "--header": { $0.wholeMatch(of: /[!#$%&'*+\-.^_`|~0-9A-Za-z]+=.*/) != nil },
    ]

    /// The name of an option as typed, with dashes for underscores as vllm's parser has it; nil for
    /// what is no option.
    private static func name(of raw: String) -> String? {
        guard isOption(raw) else { return nil }
        let name = String(raw.prefix { $0 != "=" })
        return name.hasPrefix("--") ? name.replacing("_", with: "-") : name
    }

    /// Whether one argument is another tool's option, has underscores, or takes a list.
    static func mayConcern(_ raw: String) -> Bool {
        guard let name = name(of: raw) else { return false }
        return !raw.hasPrefix(name) || lists[name] != nil
            || ForeignOption.named(shortNames[name] ?? name) != nil
    }

    /// Whether an argument is an option: negative numbers are none, and a lone dash is a file.
    private static func isOption(_ text: String) -> Bool {
        guard text.hasPrefix("-"), text != "-" else { return false }
        return text.dropFirst().first?.isNumber == false && text.dropFirst().first != "."
    }
}
