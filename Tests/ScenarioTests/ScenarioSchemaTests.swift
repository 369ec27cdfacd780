import Foundation
import Goodput
import Testing

@testable import Scenario

struct FieldCase: Sendable, CustomTestStringConvertible {
    var section: SectionName
    var field: Field
    var testDescription: String { "\(section.rawValue).\(field.key)" }
}

@Suite struct ScenarioSchemaTests {
    static let fields = SectionName.allCases.flatMap { section in
        ScenarioSchema.fields(section).map { FieldCase(section: section, field: $0) }
    }

    /// A scenario that holds the field's example in its section.
    private func document(_ each: FieldCase) -> String {
        let line = "\(each.field.key): \(each.field.example)"
        switch each.section {
        case .scenario: return line
        case .server: return "servers:\n  - \(line)"
        case .stage: return "stages:\n  - \(line)"
        case .class: return "classes:\n  - \(line)"
        case .step: return "classes:\n  - steps:\n      - \(line)"
        case .costs: return "engine:\n  costs:\n    \(line)"
        default: return "\(each.section.rawValue):\n  \(line)"
        }
    }

    @Test(arguments: fields)
    func `every field's example is accepted as its value`(each: FieldCase) {
        if case .file = each.field.kind { return }  // names files that are not there
        // Fields that depend on others fail for those; the value itself must not.
        do throws(ScenarioError) {
            _ = try ScenarioFile.parse(document(each))
        } catch {
            for diagnostic in error.diagnostics {
                #expect(!diagnostic.message.hasPrefix("`\(each.field.key)`:"), "\(diagnostic)")
                #expect(!diagnostic.message.contains("no field"), "\(diagnostic)")
                #expect(!diagnostic.message.contains("is no YAML"), "\(diagnostic)")
            }
        }
    }

    @Test func `keys are unique within a section and sections are all used`() {
        for section in SectionName.allCases {
            let keys = ScenarioSchema.fields(section).map(\.key)
            #expect(Set(keys).count == keys.count)
        }
        let used = Self.fields.compactMap { each in
            switch each.field.kind {
            case .section(let name), .list(let name): name
            default: nil
            }
        }
        #expect(Set(used).union([.scenario]) == Set(SectionName.allCases))
    }

    @Test func `the explanation holds every field, as text and as JSON`() throws {
        let explanation = ScenarioExplanation()
        let text = explanation.text()
        for each in Self.fields {
            #expect(text.contains("example  \(each.field.key): \(each.field.example)\n"))
        }
        let again = try JSONDecoder().decode(
            ScenarioExplanation.self, from: Data(explanation.json().utf8))
        #expect(again == explanation)
    }

    @Test func `the documented defaults of readers are the default preset's`() throws {
        let fields = ScenarioSchema.fields(.reader).filter { $0.key != "preset" }
        let text = fields.compactMap { field -> String? in
            // The figures of other penalties are no part of the linear one.
            if ["exponent", "tau", "grace"].contains(field.key) { return nil }
            return field.fallback.map { "  \(field.key): \($0)" }
        }.joined(separator: "\n")
        let base = chatAndCode.replacing(/reader: \{ speed.*\}/, with: "turns: 1")
            .replacing("    turns: 1..5\n", with: "").replacing("preset: robust, ", with: "")
        let scenario = try ScenarioFile.parse(
            base.split(separator: "\n").filter { !$0.hasPrefix("goodput") }
                .joined(separator: "\n") + "\nreader:\n" + text)
        #expect(scenario.scoring == .default)
        #expect(Penalty(kind: "power") == .power(exponent: 2))
        #expect(Penalty(kind: "fraction") == .fraction(tau: 1))
        #expect(Penalty(kind: "hinge") == .hinge(grace: 0.5))
    }

    @Test(
        arguments: [
            ("rat", "rate"), ("duratoin", "duration"), ("Rate", "rate"), ("zzzzzz", nil),
            ("concurency", "concurrency"), ("req", nil),
        ] as [(String, String?)])
    func `the nearest name is the one meant`(typed: String, meant: String?) {
        let keys = ScenarioSchema.fields(.stage).map(\.key)
        #expect(nearestName(to: typed, among: keys) == meant)
    }

    @Test(arguments: [
        ("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1),
        ("kitten", "sitting", 3),
    ])
    func `edit distances`(a: String, b: String, distance: Int) {
        #expect(editDistance(Array(a.utf8), Array(b.utf8)) == distance)
        #expect(editDistance(Array(b.utf8), Array(a.utf8)) == distance)
    }
}
