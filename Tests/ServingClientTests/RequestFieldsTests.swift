import HTTPStream
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
        try fields.add(lines: "X-Team: search\r\n\nx-empty:\nauthorization:  Basic abc:def\n")
        #expect(
            fields.fields == [
                HTTPField(name: "x-team", value: "search"), HTTPField(name: "x-empty", value: ""),
                HTTPField(name: "authorization", value: "Basic abc:def"),
            ])
        var again = RequestFields()
        try again.add(lines: fields.text)
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
}
