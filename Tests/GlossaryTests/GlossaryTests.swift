import Foundation
import Glossary
import Results
import Sampling
import Testing

@Suite("Glossary")
struct GlossaryTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The plain texts within the calls of `TextTable(heading:)` in the sources of `Console`.
    private static func headings() throws -> [String] {
        let folder = root.appendingPathComponent("Sources/Show/Console")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        var headings: [String] = []
        for file in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for call in text.components(separatedBy: "TextTable(").dropFirst() {
                headings += texts(ofCall: call)
            }
        }
        return headings
    }

    /// The texts between quotes up to the end of the call; of one with a value in it, such as
    /// `best \\(axis)`, the word ahead.
    private static func texts(ofCall call: String) -> [String] {
        var texts: [String] = []
        var rest = call[...]
        var depth = 1
        func isParenthesis(_ character: Character) -> Int {
            character == "(" ? 1 : character == ")" ? -1 : 0
        }
        while depth > 0, let character = rest.popFirst() {
            depth += isParenthesis(character)
            guard character == "\"" else { continue }
            var text = ""
            var hasValue = false
            while let next = rest.popFirst(), next != "\"" {
                guard next == "\\" else {
                    text.append(next)
                    continue
                }
                hasValue = true
                rest.removeFirst()
                var inner = 1
                while inner > 0, let character = rest.popFirst() {
                    inner += isParenthesis(character)
                }
            }
            texts.append(hasValue ? String(text.prefix { $0 != " " }) : text)
        }
        return texts
    }

    @Test("Every heading of a table is explained")
    func everyHeading() throws {
        let headings = try Self.headings().map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(headings.count > 60)
        for name in ["agent", "start error", "95 % CI", "finding", "smooth/GPU", "front", "best"] {
            let isRead = headings.contains(name)
            #expect(isRead, "the sources are no longer read: \(name)")
        }
        for heading in Set(headings) where !heading.isEmpty {
            #expect(Glossary.entry(for: heading) != nil, "\(heading) is not explained")
        }
    }

    @Test("Every row, figure, verdict and state is explained")
    func everyLabel() {
        var labels = LatencyRow.allCases.map(\.title) + Verdict.allCases.map(\.rawValue)
        labels += SummaryFigure.peaks + ["failed", "ttft.p99", "tbt.max", "send_lateness.mean"]
        labels += [
            "smooth goodput", "goodput", "robust", "classic", "classic goodput", "answers",
            "answered", "QoE", "lost", "steady", "attainment", "throughput", "overloaded",
            "too short", "drifting", "over-saturated", "no difference shown", "pacing alone",
            "TTFT p50", "idle p90", "late p99", "read delay p50", "queue p99", "reading speed",
        ]
        for label in labels { #expect(Glossary.entry(for: label) != nil, "\(label)") }
    }

    @Test("Other tools' names, percentiles and spellings find the word")
    func aliases() {
        for (name, word) in [
            ("itl", "TBT"), ("ITL p99", "TBT"), ("e2el", "E2E"), ("P99.9", "percentile"),
            ("ttft_sent", "TTFT from send"), ("Smooth Goodput", "smooth goodput"),
            ("tok/s", "throughput"), ("inter-chunk.mean", "inter-chunk"), ("max", "max"),
            ("clock +-", "clock +-"), ("p95", "percentile"),
        ] {
            #expect(Glossary.entry(for: name)?.word == word, "\(name)")
        }
        for name in ["", " ", "p", "nonsense", "nonsense p99"] {
            #expect(Glossary.entry(for: name) == nil, "\(name)")
        }
    }

    @Test("Every entry is sound, and fits its lines")
    func entries() {
        for entry in Glossary.entries {
            #expect(entry.meaning.hasSuffix(".") || entry.meaning.hasSuffix(")."), "\(entry.word)")
            for line in entry.lines(width: 100) { #expect(line.count <= 100, "\(line)") }
        }
        for chapter in GlossaryEntry.Chapter.allCases {
            #expect(Glossary.entries.contains { $0.chapter == chapter })
        }
        for line in Glossary.index(width: 100) { #expect(line.count <= 100) }
    }

    @Test("The metric reference is this text")
    func reference() throws {
        let article = Self.root.appendingPathComponent(
            "Sources/Show/Glossary/Documentation.docc/MetricReference.md")
        #expect(
            try String(contentsOf: article, encoding: .utf8) == Glossary.markdown,
            "write it anew: legato explain --markdown > \(article.lastPathComponent)")
    }
}
