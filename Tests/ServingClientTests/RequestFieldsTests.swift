import HTTP
import Testing

@testable import ServingClient

@Suite struct RequestFieldsTests {
    private func error(_ body: (inout RequestFields) throws(RequestFieldError) -> Void) -> String? {
        var fields = RequestFields()
        do throws(RequestFieldError) {
            try body(&fields)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func linesAreReadAndWrittenBack() throws {
        var fields = RequestFields()
        try fields.add(
            lines: "X-Team: search\r\n\nx-empty:\nauthorization:  Basic abc:def\n", of: "f")
        #expect(
            fields.fields == [
                HTTPField(name: "x-team", value: "search"), HTTPField(name: "x-empty", value: ""),
                HTTPField(name: "authorization", value: "Basic abc:def"),
            ])
        var again = RequestFields()
        try again.add(lines: fields.text, of: "f")
        #expect(again == fields && again.haveAuthorization)
    }

    @Test func aKeyIsABearerToken() throws {
        var fields = RequestFields()
        try fields.add(apiKey: " sk-123\n")
        #expect(fields.fields == [HTTPField(name: "authorization", value: "Bearer sk-123")])
    }

    @Test func whatIsNoFieldIsRefusedWithoutItsValue() {
        for line in [
            "hunter2", ": hunter2", "a b: hunter2", "x: hunter2\u{1}", "accept: hunter2", "host:",
            "host: hunter2 x",
        ] {
            let words = error { fields throws(RequestFieldError) in try fields.add(line) }
            #expect(words != nil && words?.contains("hunter2") == false, "\(line)")
        }
        for key in ["", " \n", "hunter2 hunter2", "hunter2\nhunter2", "hünter2"] {
            let words = error { fields throws(RequestFieldError) in try fields.add(apiKey: key) }
            #expect(words != nil && words?.contains("nter2") == false)
        }
        let twice = error { fields throws(RequestFieldError) in
            try fields.add("x: hunter2")
            try fields.add("X: hunter2")
        }
        #expect(twice?.contains("twice") == true && twice?.contains("hunter2") == false)
        let both = error { fields throws(RequestFieldError) in
            try fields.add("Authorization: Basic hunter2")
            try fields.add(apiKey: "hunter2")
        }
        #expect(both?.contains("exclude") == true && both?.contains("hunter2") == false)
        let long = String(repeating: "y", count: RequestFields.textBytes)
        let words = error { fields throws(RequestFieldError) in try fields.add("x: \(long)") }
        #expect(words?.contains("longer") == true)
    }

    @Test func noDescriptionShowsAValue() throws {
        var fields = RequestFields()
        try fields.add("x-team: hunter2")
        try fields.add(apiKey: "hunter2")
        var dumped = ""
        dump(fields, to: &dumped)
        for text in ["\(fields)", String(reflecting: fields), dumped] {
            #expect(text.contains("x-team") && !text.contains("hunter2"), "\(text)")
        }
    }

    @Test func aFileMayHaveAMarkCommentsBlankLinesAndAnyLineEnds() throws {
        let text =
            "\u{feff}# of the team\r\n\r\nX-Team: search\r\n  # indented\n\t\n"
            + "  x-cost:  a \t\r\nx-n: 1"
        var fields = RequestFields()
        try fields.add(lines: text, of: "f")
        #expect(
            fields.fields == [
                HTTPField(name: "x-team", value: "search"), HTTPField(name: "x-cost", value: "a"),
                HTTPField(name: "x-n", value: "1"),
            ])
        // Fields that are written for local agents read back, whatever the values hold.
        var hashes = RequestFields()
        try hashes.add("x-tag: #1 # no comment")
        var again = RequestFields()
        try again.add(lines: hashes.text, of: "f")
        #expect(again == hashes)
        var key = RequestFields()
        try key.add(apiKey: "\u{feff}sk-123\r\n")
        #expect(key.fields == [HTTPField(name: "authorization", value: "Bearer sk-123")])
    }

    @Test(arguments: [
        ("x: 1\n\nhunter2\n", 3), ("\u{feff}hunter2 : a", 1), ("# a\r\nx: 1\r\nx: hunter2", 3),
        ("te: hunter2", 1), ("x: 1\nx-y: hunter2\u{1}", 2), ("x: 1\rx: hunter2", 1),
    ])
    func aMistakeInAFileIsNamedByItsLine(text: String, line: Int) {
        let words = error { fields throws(RequestFieldError) in
            try fields.add(lines: text, of: "headers.txt")
        }
        #expect(words?.hasPrefix("headers.txt:\(line): ") == true, "\(words ?? "none")")
        #expect(words?.contains("hunter2") == false, "\(words ?? "none")")
    }
}
