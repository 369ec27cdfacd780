internal import Yams

extension Document {
    /// Longest scenario file, in bytes.
    package static let byteLimit = 1 << 20
    /// Most parts of a scenario once its aliases are expanded.
    static let partLimit = 100_000

    /// The tree of a YAML text (JSON is YAML).
    ///
    /// - Throws: ``ScenarioError`` with one diagnostic: not YAML, a key twice, too large.
    package init(yaml: String, file: String) throws(ScenarioError) {
        func failure(_ line: Int, _ column: Int, _ message: String) -> ScenarioError {
            ScenarioError(
                file: file,
                diagnostics: [
                    Diagnostic(origin: .file(line: line, column: column), message: message)
                ])
        }
        guard yaml.utf8.count <= Self.byteLimit else {
            throw failure(1, 1, "the file is longer than \(Self.byteLimit) bytes; split it")
        }
        let node: Node?
        do {
            node = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            let (mark, message) = Self.explain(error)
            throw failure(mark?.line ?? 1, mark?.column ?? 1, message)
        } catch {
            throw failure(1, 1, "cannot be read as YAML: \(error)")
        }
        guard let node else { throw failure(1, 1, "the file is empty; write at least `stages:`") }
        var parts = 0
        guard let tree = Self.convert(node, parts: &parts) else {
            throw failure(1, 1, "aliases make more than \(Self.partLimit) parts; write fewer")
        }
        self = tree
    }

    private static func explain(_ error: YamlError) -> (Mark?, String) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return (mark, "is no YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "`\($0)`" }.joined(separator: ", ")
            return (context.mark, "\(keys) appears twice in one section; keep one")
        case .reader(let problem, _, _, _): return (nil, "is no YAML: \(problem)")
        default: return (nil, "is no YAML: \(error)")
        }
    }

    private static func origin(_ mark: Mark?) -> Origin {
        .file(line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private static func convert(_ node: Node, parts: inout Int) -> Document? {
        parts += 1
        guard parts <= partLimit else { return nil }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            return .scalar(scalar.string, isPlain: isPlain, origin(scalar.mark))
        case .sequence(let sequence):
            var items: [Document] = []
            for item in sequence {
                guard let converted = convert(item, parts: &parts) else { return nil }
                items.append(converted)
            }
            return .list(items, origin(sequence.mark))
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                guard let converted = convert(value, parts: &parts) else { return nil }
                // A key that is no scalar matches no field and is reported as unknown.
                let name = key.scalar?.string ?? "?"
                entries.append(Entry(key: name, keyOrigin: origin(key.mark), value: converted))
            }
            return .map(entries, origin(mapping.mark))
        case .alias(let alias):
            return .scalar("*\(alias.anchor.rawValue)", isPlain: true, origin(alias.mark))
        }
    }
}
