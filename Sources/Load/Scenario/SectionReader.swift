internal import PlainText

/// Reads one section by the table of fields and reports all that does not fit.
///
/// A getter returns nil where the field is absent, and also where it is wrong: that is reported, so
/// that the scenario is refused in the end whatever is done with the nil.
struct SectionReader {
    let name: SectionName
    let origin: Origin
    let collector: DiagnosticCollector
    /// Fields that may have been meant by what is there and unknown: they are not missing.
    private let meant: Set<String>
    private let entries: [String: Document]
    private let keyOrigins: [String: Origin]

    init(_ document: Document, _ name: SectionName, _ collector: DiagnosticCollector) {
        self.name = name
        self.origin = document.origin
        let collector = DiagnosticCollector(below: collector)
        self.collector = collector
        let known = ScenarioSchema.fields(name).map(\.key)
        guard case .map(let pairs, _) = document else {
            collector.report(
                document.origin,
                "a \(name.rawValue) is a section of `key: value`, not \(document.kind)")
            entries = [:]
            keyOrigins = [:]
            meant = Set(known)
            return
        }
        var meant: Set<String> = []
        var entries: [String: Document] = [:]
        var origins: [String: Origin] = [:]
        for pair in pairs {
            if known.contains(pair.key) {
                entries[pair.key] = pair.value
                origins[pair.key] = pair.keyOrigin
            } else {
                let nearest = nearestName(to: pair.key, among: known)
                meant.formUnion(nearest.map { [$0] } ?? known)
                let hint =
                    nearest.map { "; did you mean `\($0)`?" }
                    ?? "; it has \(known.joined(separator: ", "))"
                collector.report(
                    pair.keyOrigin, "\(name.withArticle) has no field `\(pair.key)`\(hint)")
            }
        }
        self.entries = entries
        self.meant = meant
        keyOrigins = origins
    }

    func has(_ key: String) -> Bool { entries[key] != nil }

    /// Whether `key` is neither there nor likely to be what an unknown field was meant to be.
    func lacks(_ key: String) -> Bool { !has(key) && !meant.contains(key) }

    /// Whether nothing was wrong with the section so far, so that what it says can be judged whole.
    var isSound: Bool { collector.isEmpty }

    func origin(of key: String) -> Origin { keyOrigins[key] ?? origin }

    func report(_ key: String, _ message: String) {
        collector.report(origin(of: key), message, field: key)
    }

    /// Reports what is wrong with `key` as the end of a sentence, whose subject is the field or the
    /// option that says it.
    func refuse(_ key: String, _ predicate: String, of origin: Origin? = nil) {
        report(key, predicate, joint: " ", of: origin, subject: .words)
    }

    /// Reports a whole sentence about the value of `key`, or about the file that it names.
    func fault(
        _ key: String, _ sentence: String, of origin: Origin? = nil,
        subject: Diagnostic.Subject = .words
    ) {
        report(key, sentence, joint: ": ", of: origin, subject: subject)
    }

    private func report(
        _ key: String, _ words: String, joint: String, of origin: Origin?,
        subject: Diagnostic.Subject
    ) {
        let origin = origin ?? self.origin(of: key)
        // The option's name goes before every diagnostic of it.
        let message = if case .option = origin { words } else { "`\(key)`\(joint)\(words)" }
        collector.report(origin, message, field: key, subject: subject)
    }

    /// `key` as whoever wrote the section calls it: an option where one says it, or would.
    func spelling(_ key: String) -> String {
        switch (origin(of: key), has(key)) {
        case (.option(let name), true): name
        case (.option, false), (.standard, _):
            ScenarioOverrides.option(for: key) ?? "`\(key)`"
        case (.file, _): "`\(key)`"
        }
    }

    /// Whether the value of `key` was found not to fit.
    func isWrong(_ key: String) -> Bool { collector.wrongFields.contains(key) }

    /// The value of `key`; nil when absent.
    func value(_ key: String) -> Document? {
        precondition(
            ScenarioSchema.field(name, key) != nil,
            "\(name.rawValue) has no field \(key) in the table")
        return entries[key]
    }

    /// The text of `key`; reports lists and sections.
    func text(_ key: String) -> String? {
        guard let value = value(key) else { return nil }
        guard case .scalar(let text, _, _) = value else {
            refuse(key, "is one value, not \(value.kind)", of: value.origin)
            return nil
        }
        return text
    }

    func filledText(_ key: String) -> String? {
        guard let text = text(key) else { return nil }
        guard !text.isEmpty, text.utf8.count <= 4_096 else {
            refuse(key, "needs 1 to 4096 bytes of text", of: entries[key]?.origin)
            return nil
        }
        return text
    }

    /// A text that is shown to people or becomes a name: nothing in it steers a terminal.
    func nameText(_ key: String) -> String? {
        guard let text = filledText(key) else { return nil }
        guard let defect = text.nameDefect else { return text }
        refuse(key, defect, of: entries[key]?.origin)
        return nil
    }

    func parsed<Value>(
        _ key: String, _ parse: (String) throws(QuantityError) -> Value
    ) -> Value? {
        guard let text = text(key) else { return nil }
        do throws(QuantityError) {
            // No field takes a negative number, whatever else is wrong with it.
            guard !Quantity.isNegative(text) else {
                throw QuantityError(message: "`\(text)` must not be negative")
            }
            return try parse(text)
        } catch {
            fault(key, error.message, of: entries[key]?.origin)
            return nil
        }
    }

    func flag(_ key: String) -> Bool? {
        parsed(key) { text throws(QuantityError) in
            switch text.lowercased() {
            case "true", "yes": true
            case "false", "no": false
            default: throw QuantityError(message: "`\(text)` is neither true nor false")
            }
        }
    }

    func whole<Value: FixedWidthInteger>(_ key: String, _ range: ClosedRange<Value>) -> Value? {
        parsed(key) { text throws(QuantityError) in
            let digits = text.replacing("_", with: "")
            guard let value = Value(digits), range.contains(value) else {
                throw QuantityError(
                    message: "`\(text)` is no whole number from \(range.lowerBound) to "
                        + "\(range.upperBound)")
            }
            return value
        }
    }

    func number(_ key: String, _ fits: (Double) -> Bool, _ need: String) -> Double? {
        parsed(key) { text throws(QuantityError) in
            let value = try Quantity.number(text)
            guard fits(value) else { throw QuantityError(message: "`\(text)` is not \(need)") }
            return value
        }
    }

    func quantity(_ key: String, _ dimension: Dimension, allowsZero: Bool = false) -> Double? {
        parsed(key) { text throws(QuantityError) in
            let value = try Quantity.parse(text, dimension)
            guard value > 0 || (allowsZero && value == 0) else {
                throw QuantityError(message: "`\(text)` is not positive")
            }
            return value
        }
    }

    /// A span in ns, at most ten years.
    func span(_ key: String, allowsZero: Bool = false) -> Int64? {
        parsed(key) { text throws(QuantityError) in
            let ns = try Quantity.nanoseconds(text)
            guard ns > 0 || allowsZero else {
                throw QuantityError(message: "`\(text)` is not positive")
            }
            return ns
        }
    }

    func tokens(_ key: String, allowsZero: Bool = false) -> UInt32? {
        guard let count = quantity(key, .tokens, allowsZero: allowsZero) else { return nil }
        guard count == count.rounded(), count <= Double(1 << 30) else {
            report(key, "`\(key)` is no whole number of tokens up to 2^30")
            return nil
        }
        return UInt32(count)
    }

    func choice(_ key: String) -> String? {
        guard case .choice(let names)? = ScenarioSchema.field(name, key)?.kind else {
            preconditionFailure("\(name.rawValue).\(key) is no choice in the table")
        }
        return parsed(key) { text throws(QuantityError) in
            if let exact = names.first(where: { $0.lowercased() == text.lowercased() }) {
                return exact
            }
            let hint =
                nearestName(to: text, among: names).map { "did you mean `\($0)`?" }
                ?? "write one of \(names.joined(separator: ", "))"
            throw QuantityError(message: "there is no `\(text)`; \(hint)")
        }
    }

    /// The names of `key`, each with its place.
    func names(_ key: String) -> [(name: String, origin: Origin)]? {
        switch value(key) {
        case nil: return nil
        case .scalar(let text, _, let origin)?: return [(text, origin)]
        case .map(_, let origin)?:
            refuse(key, "is a name or a list of names, not a section", of: origin)
            return nil
        case .list(let items, let origin)?:
            let names = items.compactMap { item -> (String, Origin)? in
                guard case .scalar(let text, _, let origin) = item else { return nil }
                return (text, origin)
            }
            guard names.count == items.count else {
                refuse(key, "is a name or a list of names", of: origin)
                return nil
            }
            return names
        }
    }

    func section(_ key: String) -> SectionReader? {
        guard case .section(let inner)? = ScenarioSchema.field(name, key)?.kind else {
            preconditionFailure("\(name.rawValue).\(key) is no section in the table")
        }
        return value(key).map { SectionReader($0, inner, collector) }
    }

    /// How many items a list has; 0 when absent or no list.
    func itemCount(_ key: String) -> Int {
        guard case .list(let items, _)? = value(key) else { return 0 }
        return items.count
    }

    func sections(_ key: String) -> [SectionReader]? {
        guard case .list(let inner)? = ScenarioSchema.field(name, key)?.kind else {
            preconditionFailure("\(name.rawValue).\(key) is no list in the table")
        }
        guard let value = value(key) else { return nil }
        guard case .list(let items, _) = value, !items.isEmpty else {
            collector.report(
                value.origin,
                "`\(key)` is a list (`- ` before each \(inner.rawValue)) of at least one")
            return nil
        }
        return items.map { SectionReader($0, inner, collector) }
    }
}

extension Document {
    /// The kind in words, for errors.
    var kind: String {
        switch self {
        case .scalar: "one value"
        case .list: "a list"
        case .map: "a section"
        }
    }
}
