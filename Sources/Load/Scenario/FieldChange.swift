/// A change of one field of a scenario, by where it stands: `engine.scheduler`,
/// `classes.chat.reader.speed`, `stages.1.duration`.
///
/// Names of fields may be written in one word (`chunkBudget` is `chunk budget`); an entry of a list
/// is named by its `name` or by its number from 1, and `*` names all of them.
package struct FieldChange: Hashable, Sendable {
    package var path: String
    /// As it would stand in the file; a bare number has the unit that options of other tools have.
    package var value: String
    /// The option that asked for it.
    package var option: String

    package init(path: String, value: String, option: String) {
        self.path = path
        self.value = value
        self.option = option
    }

    func apply(to document: inout Document, _ collector: DiagnosticCollector) {
        let parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !parts.contains("") else {
            return collector.report(
                origin, "`\(path)` is no place of a field; write for example engine.scheduler")
        }
        set(parts[...], in: &document, .section(.scenario), collector)
    }

    private var origin: Origin { .option(option) }

    private func set(
        _ parts: ArraySlice<String>, in document: inout Document, _ kind: FieldKind?,
        _ collector: DiagnosticCollector
    ) {
        guard let part = parts.first else {
            let text = kind?.bareUnit.map { Quantity.text(value, bareUnit: $0) } ?? value
            document = .scalar(text, isPlain: true, origin)
            return
        }
        let rest = parts.dropFirst()
        switch document {
        case .map(let entries, _):
            let name = Self.field(part)
            let key = entries.first { $0.key.lowercased() == name }?.key ?? name
            var child = document[key] ?? .map([], origin)
            set(rest, in: &child, kind?.kind(of: key), collector)
            document[key] = child
        case .list(var entries, let place):
            let chosen = Self.indices(of: part, in: entries)
            guard !chosen.isEmpty else {
                let names = entries.compactMap(Self.name(of:))
                let known =
                    names.isEmpty
                    ? "write a number from 1 to \(entries.count)"
                    : "it has \(names.joined(separator: ", "))"
                return collector.report(origin, "`\(path)`: there is no entry `\(part)`; \(known)")
            }
            for index in chosen { set(rest, in: &entries[index], kind, collector) }
            document = .list(entries, place)
        case .scalar(let text, _, _):
            collector.report(
                origin, "`\(path)`: `\(text)` stands there, which has no field `\(part)`")
        }
    }

    private static func indices(of part: String, in entries: [Document]) -> [Int] {
        if part == "*" { return Array(entries.indices) }
        let named = entries.indices.filter { name(of: entries[$0]) == part }
        if !named.isEmpty { return named }
        guard let number = Int(part), (1...max(1, entries.count)).contains(number),
            !entries.isEmpty
        else { return [] }
        return [number - 1]
    }

    private static func name(of entry: Document) -> String? {
        guard case .scalar(let text, _, _)? = entry["name"] else { return nil }
        return text
    }

    /// `chunkBudget`, `chunk-budget` and `chunk_budget` as `chunk budget`.
    static func field(_ part: String) -> String {
        var name = ""
        for character in part {
            if character == "-" || character == "_" {
                name += " "
            } else if character.isUppercase, !name.isEmpty, name.last != " " {
                name += " " + character.lowercased()
            } else {
                name += character.lowercased()
            }
        }
        return name
    }
}

extension FieldKind {
    /// The kind of a field of this section, or of an entry of this list; nil where there is none.
    fileprivate func kind(of key: String) -> FieldKind? {
        switch self {
        case .section(let name), .list(let name): ScenarioSchema.field(name, key)?.kind
        default: nil
        }
    }

    /// The unit that a bare number has on a command line; nil for what takes none.
    fileprivate var bareUnit: String? {
        switch self {
        case .quantity(.tokens), .law(.tokens?): " tokens"
        case .quantity(.span), .law(.span?): " s"
        case .quantity(.rate), .quantity(.speed), .rateOrRamp, .rateOrOff: "/s"
        case .quantity(.share): " %"
        default: nil
        }
    }
}
