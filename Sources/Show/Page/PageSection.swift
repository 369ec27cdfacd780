/// A part of the page: its finding, how to read what is below, and that.
struct PageSection {
    /// Its anchor, and the name of its file of values.
    let id: StaticString
    /// The finding, in a sentence.
    let finding: String
    /// How to read it; empty where nothing needs to be said.
    var reading = ""
    var body: [Markup] = []
    /// The values of its chart, where this room draws it.
    var csv: [[String]]?

    var markup: Markup {
        var head = [Markup.tag("h2", [:], [Markup(finding)])]
        if let csv { head.append(Self.link(to: csv, named: "\(id)")) }
        return .tag(
            "section", ["id": "\(id)"],
            [.tag("header", [:], head)]
                + (reading.isEmpty ? [] : [.tag("p", ["class": "read"], [Markup(reading)])]) + body)
    }

    /// A link that holds its file.
    private static func link(to rows: [[String]], named name: String) -> Markup {
        let text = rows.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
        return .tag(
            "a",
            [
                "class": "csv", "download": "\(name).csv",
                "href": "data:text/csv;charset=utf-8," + percentEncoded(text),
            ], ["CSV"])
    }

    /// A field that no table takes for a formula or for several.
    private static func quoted(_ field: String) -> String {
        let isPlain = field.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 32)
                || " .-_%+/".utf8.contains(byte)
        }
        let startsFormula = "=@".contains(field.first ?? " ")
        return isPlain
            ? field : "\"\(startsFormula ? "'" : "")\(field.replacing("\"", with: "\"\""))\""
    }

    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var result = ""
        for byte in text.utf8 {
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 32)
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            if isLetter || isDigit || ".-_,".utf8.contains(byte) {
                result.append(Character(Unicode.Scalar(byte)))
            } else {
                result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return result
    }
}
