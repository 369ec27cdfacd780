import Foundation
import Testing

@testable import OtherTools

@Suite("The list of other tools' options")
struct ForeignOptionTests {
    @Test("Every name stands once, is an option, and finds its own row")
    func names() {
        let names = ForeignOption.all.flatMap(\.names)
        #expect(Set(names).count == names.count)
        for option in ForeignOption.all {
            #expect(!option.tools.isEmpty && !option.names.isEmpty)
            for name in option.names {
                #expect(name.wholeMatch(of: /--?[A-Za-z][A-Za-z0-9-]*\*?/) != nil, "\(name)")
                let typed = name.hasSuffix("*") ? name.dropLast() + "x" : name[...]
                #expect(ForeignOption.named(String(typed)) == option, "\(name)")
            }
        }
    }

    @Test("Every rule is in the list")
    func rules() {
        let used = ForeignOption.all.compactMap { option -> ForeignOption.Rule? in
            guard case .rule(let rule) = option.twin else { return nil }
            return rule
        }
        #expect(Set(used) == Set(ForeignOption.Rule.allCases))
    }

    @Test("Sentences go on from the option's name and end without a full stop")
    func sentences() {
        for option in ForeignOption.all {
            let words = option.twin.words
            #expect(!words.isEmpty && words.last != "." && !words.contains("|"), "\(option.names)")
            guard case .none(let sentence) = option.twin else { continue }
            #expect(
                sentence.first?.isLowercase == true || sentence.first == "-"
                    || sentence.first == "`")
        }
    }

    /// `LEGATO_WRITE_TABLE=1 swift test --filter OtherToolsTests` writes the table anew.
    @Test("The documentation's table is the list")
    func documentation() throws {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/Show/OtherTools/Documentation.docc/OtherTools.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let head = text[..<(text.firstRange(of: "| there |")?.lowerBound ?? text.endIndex)]
        if ProcessInfo.processInfo.environment["LEGATO_WRITE_TABLE"] != nil {
            try Data((head + ForeignOption.table).utf8).write(to: file)
        } else {
            #expect(text == head + ForeignOption.table)
        }
    }
}
