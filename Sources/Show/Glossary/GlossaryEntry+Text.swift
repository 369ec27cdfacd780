package import JSON
import PlainText

extension GlossaryEntry {
    /// The entry for people, lines of at most `width` columns, the first one the word.
    package func lines(width: Int) -> [String] {
        var lines = [word.contains(" ") || aliases.isEmpty ? word : "\(word) (\(aliases[0]))"]
        lines += meaning.wrapped(width)
        let rest = word.contains(" ") ? aliases : Array(aliases.dropFirst())
        let facts = [
            ("rule", rule), ("unit", unit), ("where", place?.text), ("source", source),
            ("also", rest.isEmpty ? nil : rest.joined(separator: ", ")),
        ]
        for case (let name, let text?) in facts {
            let wrapped = text.wrapped(width - 8)
            lines += wrapped.enumerated().map { index, line in
                " " + (index == 0 ? name : "").left(7) + line
            }
        }
        return lines
    }

    package var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        let (file, path): (String?, String?) =
            switch place {
            case .summary(let path): ("summary.json", path)
            case .file(let name, let path): (name, path)
            case nil: (nil, nil)
            }
        return [
            "word": .string(word), "aliases": .array(aliases.map { .string($0) }),
            "chapter": .string(chapter.rawValue), "meaning": .string(meaning), "rule": text(rule),
            "unit": text(unit), "file": text(file), "member": text(path), "source": text(source),
        ]
    }

    /// A paragraph of the metric reference.
    fileprivate var markdown: String {
        var text = "- **\(word)**"
        if !aliases.isEmpty { text += " (\(aliases.joined(separator: ", ")))" }
        text += ": \(meaning)"
        if let rule { text += " Rule: `\(rule)`." }
        if let unit { text += " Unit: \(unit)." }
        if let place { text += " In \(place.text)." }
        if let source { text += " Source: \(source)." }
        return text
    }
}

extension Glossary {
    /// All words by chapter, for people: lines of at most `width` columns.
    package static func index(width: Int) -> [String] {
        var lines: [String] = []
        for (chapter, entries) in chapters {
            lines.append(chapter.rawValue)
            lines += entries.map(\.word).joined(separator: ", ").wrapped(width)
        }
        return lines
    }

    package static var json: JSONValue { .array(entries.map(\.json)) }

    /// The metric reference: the article of the documentation, whole.
    package static var markdown: String {
        var lines = [
            "# Metric reference", "",
            "Every word of the result tables: the text of `legato explain WORD`.", "",
            "## Overview", "",
            "Written by `legato explain --markdown`; a test holds the two together. Times in files "
                + "are ns, rates a second.",
        ]
        for (chapter, entries) in chapters {
            lines += ["", "## \(chapter.rawValue)", ""] + entries.map(\.markdown)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static var chapters: [(GlossaryEntry.Chapter, [GlossaryEntry])] {
        GlossaryEntry.Chapter.allCases.map { chapter in
            (chapter, entries.filter { $0.chapter == chapter })
        }
    }
}
