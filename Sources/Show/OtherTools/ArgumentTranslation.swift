/// Other tools' options in a command's arguments, put into its own words before they are parsed.
package enum ArgumentTranslation: Hashable, Sendable {
    /// The arguments in the command's own options, and what was typed for them: for each of its
    /// options the names, in the order of its values.
    case arguments([String], typed: [String: [String]])
    /// A sentence for each option that is not understood; it begins with the option's name and
    /// never holds a value that may be a secret.
    case refused([String])

    /// Translates the arguments that follow a command's name. Arguments that are of no other tool
    /// stay as they are, in their order; behind `--` all do. `--a_b` is `--a-b`.
    ///
    /// - Parameters:
    ///   - owned: The names of the command's options, with their dashes: the command's own meaning
    ///     goes before another tool's, and what it cannot do is left to be unknown.
    ///   - explains: Whether options without a twin are explained (where a load is described), or
    ///     left to be unknown; a key on the command line is refused everywhere.
    package init(_ arguments: [String], owned: Set<String>, explains: Bool) {
        var translator = Translator(Arguments(arguments, owned: owned), owned, explains: explains)
        translator.run()
        self =
            translator.faults.isEmpty
            ? .arguments(translator.result, typed: translator.typedNames)
            : .refused(translator.faults)
    }

    /// Whether `arguments` may hold something to translate.
    package static func concerns(_ arguments: [String]) -> Bool {
        arguments.prefix { $0 != "--" }.contains(where: Arguments.mayConcern)
    }
}

/// Goes through the parts of a command's arguments once.
struct Translator {
    /// A translated option: what was typed, and what it became.
    struct Source: Hashable {
        var typed: String
        var target: String
    }

    var arguments: Arguments
    let owned: Set<String>
    let explains: Bool
    private(set) var result: [String] = []
    private(set) var faults: [String] = []
    /// Which typed option set which of the command's.
    private var sources: [Source] = []
    /// Rules over several options that were carried out.
    private var done: Set<ForeignOption.Rule> = []

    init(_ arguments: Arguments, _ owned: Set<String>, explains: Bool) {
        self.arguments = arguments
        self.owned = owned
        self.explains = explains
    }

    /// The names that were typed, for each of the command's options.
    var typedNames: [String: [String]] {
        Dictionary(grouping: sources, by: \.target).mapValues { $0.map(\.typed) }
    }

    mutating func run() {
        for part in arguments.parts {
            guard let name = part.name else {
                result += part.raw
                continue
            }
            translate(part, name)
        }
        findContradictions()
    }

    /// The last value that was given to one of `names`.
    func value(of names: String...) -> String? {
        arguments.parts.last { part in part.name.map(names.contains) == true }?.value
    }

    func values(of name: String) -> [String] {
        arguments.parts.filter { $0.name == name }.compactMap(\.value)
    }

    /// Keeps the part as it was typed.
    mutating func keep(_ part: Arguments.Part, _ name: String) {
        result += part.raw
        sources.append(Source(typed: name, target: name))
    }

    /// The command's option `target` with `value`, for the typed `name`.
    mutating func emit(_ target: String, _ value: String, for name: String) {
        result.append("\(target)=\(value)")
        sources.append(Source(typed: name, target: target))
    }

    mutating func emit(flag target: String, for name: String) {
        result.append(target)
        sources.append(Source(typed: name, target: target))
    }

    mutating func refuse(_ name: String, _ sentence: String) {
        let fault = "\(name): \(sentence)"
        if !faults.contains(fault) { faults.append(fault) }
    }

    /// Whether the rule is carried out now, for the first of its options.
    mutating func begins(_ rule: ForeignOption.Rule) -> Bool { done.insert(rule).inserted }

    private mutating func translate(_ part: Arguments.Part, _ name: String) {
        guard let option = ForeignOption.named(name) else {
            return own(part, name)
        }
        if case .rule(let rule) = option.twin, !owned.contains(name) || Self.isOwnToo(rule) {
            return apply(rule, part, name)
        }
        guard !owned.contains(name) else { return keep(part, name) }
        switch option.twin {
        case .always:
            guard explains else { return keep(part, name) }
            if part.value != nil { refuse(name, "takes no value") }
        case .none(let sentence):
            if explains || name == "--api-key" { refuse(name, sentence) } else { keep(part, name) }
        case .option(let target, let form):
            guard owned.contains(target) else { return keep(part, name) }
            guard let value = part.value, !value.isEmpty else { return lacksValue(name) }
            plain(value, form, target, name)
        case .member(let member):
            guard owned.contains("--extra-body") else { return keep(part, name) }
            guard let value = part.value, !value.isEmpty else { return lacksValue(name) }
            body(member, value, name)
        case .rule: preconditionFailure("rules are applied above")
        }
    }

    /// Rules for names that the commands have, too, and that other tools fill otherwise.
    private static func isOwnToo(_ rule: ForeignOption.Rule) -> Bool {
        rule == .endpointPath || rule == .headers
    }

    private mutating func own(_ part: Arguments.Part, _ name: String) {
        guard owned.contains(name), let value = part.value else { return keep(part, name) }
        switch name {
        // It names a tokenizer then.
        case "--model" where self.value(of: "--served-model-name") != nil: return
        // A list is one value an option, so that the scenario behind it is none.
        case "--goodput": emit(name, value, for: name)
        case "--url" where !path.isEmpty: emit(name, located(value), for: name)
        default: keep(part, name)
        }
    }

    mutating func lacksValue(_ name: String) { refuse(name, "needs a value") }

    mutating func plain(
        _ value: String, _ form: ForeignOption.Form, _ target: String, _ name: String
    ) {
        let isWhole = !value.isEmpty && value.allSatisfy { $0.isASCII && $0.isNumber }
        let isText = form == .text || form == .model
        if !isText, value.hasPrefix("-") {
            return refuse(name, "`\(value)` must not be negative")
        }
        switch form {
        case .text: emit(target, target == "--url" ? located(value) : value, for: name)
        case .model:
            guard !value.contains(",") else {
                return refuse(
                    name,
                    "is one name here (--model); a class of the scenario has several, such as "
                        + "`model: { base: 50 %, adapter-a: 50 % }`")
            }
            emit(target, value, for: name)
        case .tokens where value.contains("..") || value.contains("("):
            emit(target, value, for: name)
        case .count, .tokens:
            guard isWhole else {
                return refuse(
                    name, "is one whole number here (\(target)), not `\(value)`; run once for each")
            }
            emit(target, value, for: name)
        case .seconds:
            emit(target, Double(value) == nil ? value : value + " s", for: name)
        case .requests:
            guard isWhole else {
                return refuse(name, "is a whole number of requests, not `\(value)`")
            }
            emit(target, Int(value) == 0 ? "none" : value + " requests", for: name)
        }
    }

    /// Two options that set the same one contradict each other, whatever their order.
    private mutating func findContradictions() {
        let repeatable: Set = ["--url", "--header", "--extra-body", "--goodput"]
        for (index, source) in sources.enumerated() where !repeatable.contains(source.target) {
            let other = sources[..<index].first {
                $0.target == source.target && $0.typed != source.typed
            }
            guard let other else { continue }
            let (new, old) =
                source.typed == source.target
                ? (other.typed, source.typed) : (source.typed, other.typed)
            let clash = old == source.target ? "which is" : "and \(old), which is the same, is"
            refuse(new, "is \(source.target) here, \(clash) given, too; keep one")
        }
    }
}
