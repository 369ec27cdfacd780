import Testing

@testable import Workload

/// One fixture a format, in the shape of the public files.
let azureText =
    "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:03.9799600,4808,10\r\n"
    + "2023-11-16 18:17:04.0319600,3180,1\r\n2023-11-17 00:00:00.0000001,110,27"
let mooncakeText = """
    {"timestamp": 0, "input_length": 1100, "output_length": 500, "hash_ids": [0, 1, 2]}
    {"timestamp": 0, "input_length": 512, "output_length": 4, "hash_ids": [0]}
    {"output_length": 7, "extra": {"a": [1, "}"]}, "input_length": 600, "timestamp": 3000.5, \
    "hash_ids": []}

    """
let burstGPTText = """
    Timestamp,Session ID,Model,Request tokens,Response tokens,Total tokens,Elapsed time,Log Type
    5,,ChatGPT,472,18,490,1.5,Conversation log
    45.25,"a, b",GPT-4,1087,230,1317,9.1,API log

    """
let vidurText = """
    num_prefill_tokens,num_decode_tokens,num_total_tokens,pd_ratio,arrived_at
    74,918,992,0.08,1.5e0
    290.0,905,1195,0.32,2.000000001
    """
let lengthsText = "num_prefill_tokens,num_decode_tokens\n3772,54\n2015,156\n"

func readTrace(
    _ text: String, format: TraceFormat? = nil, chunk: Int = .max
) throws -> [TraceRow] {
    try readTrace(Array(text.utf8), format: format, chunk: chunk)
}

func readTrace(
    _ bytes: [UInt8], format: TraceFormat? = nil, chunk: Int = .max
) throws -> [TraceRow] {
    try readWholeTrace(bytes, TraceReader.Options(format: format), chunk: chunk).rows
}

func readWholeTrace(
    _ bytes: [UInt8], _ options: TraceReader.Options = TraceReader.Options(), chunk: Int = .max
) throws -> (rows: [TraceRow], reader: TraceReader) {
    var reader = TraceReader(options)
    var rows: [TraceRow] = []
    var begin = 0
    while begin < bytes.count {
        let end = chunk < bytes.count - begin ? begin + chunk : bytes.count
        try reader.feed(bytes[begin..<end], into: &rows)
        begin = end
    }
    try reader.finish(into: &rows)
    return (rows, reader)
}

@Suite struct TraceReaderTests {
    @Test func `Azure rows count from the first, to 100 ns`() throws {
        let rows = try readTrace(azureText)
        #expect(
            rows == [
                TraceRow(arrivalNs: 0, input: 4_808, output: 10),
                TraceRow(arrivalNs: 52_000_000, input: 3_180, output: 1),
                TraceRow(arrivalNs: 20_576_020_040_100, input: 110, output: 27),
            ])
    }

    @Test func `Mooncake members come in any order, others are skipped`() throws {
        let rows = try readTrace(mooncakeText)
        #expect(
            rows == [
                TraceRow(arrivalNs: 0, input: 1_100, output: 500, blocks: [0, 1, 2]),
                TraceRow(arrivalNs: 0, input: 512, output: 4, blocks: [0]),
                TraceRow(arrivalNs: 3_000_500_000, input: 600, output: 7),
            ])
    }

    @Test func `BurstGPT and vidur times are seconds`() throws {
        #expect(
            try readTrace(burstGPTText) == [
                TraceRow(arrivalNs: 0, input: 472, output: 18),
                TraceRow(arrivalNs: 40_250_000_000, input: 1_087, output: 230),
            ])
        #expect(
            try readTrace(vidurText) == [
                TraceRow(arrivalNs: 0, input: 74, output: 918),
                TraceRow(arrivalNs: 500_000_001, input: 290, output: 905),
            ])
        #expect(
            try readTrace(lengthsText) == [
                TraceRow(arrivalNs: nil, input: 3_772, output: 54),
                TraceRow(arrivalNs: nil, input: 2_015, output: 156),
            ])
    }

    @Test(arguments: [azureText, mooncakeText, burstGPTText, vidurText, lengthsText])
    func `bytes may come in chunks of any size`(text: String) throws {
        let whole = try readTrace(text)
        for chunk in [1, 2, 3, 7, 64] { #expect(try readTrace(text, chunk: chunk) == whole) }
        let bom = [0xEF, 0xBB, 0xBF] + Array(text.utf8)
        #expect(try readTrace(bom) == whole)
        #expect(try readTrace(text.split(separator: "\r\n").joined(separator: "\n")) == whole)
    }

    @Test(arguments: [azureText, mooncakeText, burstGPTText, vidurText, lengthsText])
    func `a cut or flipped byte never traps`(text: String) {
        let bytes = Array(text.utf8)
        for index in bytes.indices {
            _ = try? readTrace(Array(bytes[..<index]))
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << bit
                if let rows = try? readTrace(flipped) {
                    #expect(rows.allSatisfy { $0.input >= 1 && $0.output >= 1 })
                }
            }
        }
    }

    @Test(
        arguments: [
            ("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-02-29 00:00:00.0,1,1", nil, 2, 1),
            ("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.97,12x,10", nil, 2, 24),
            ("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.97,12", nil, 2, 26),
            ("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.97,-1,10", nil, 2, 24),
            (
                "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.97,99999999999,1",
                nil, 2, 24
            ),
            ("a,b\n1,2", nil, 1, 1),
            ("a,b\n1,2", TraceFormat.azure, 1, 1),
            ("{\"timestamp\": 0, \"output_length\": 5}", nil, 1, 1),
            ("{\"timestamp\": 0, \"text_input\": \"hello\", \"output_length\": 5}", nil, 1, 1),
            ("{\"timestamp\": -1, \"input_length\": 5, \"output_length\": 5}", nil, 1, 15),
            ("{\"timestamp\": 1e99, \"input_length\": 5, \"output_length\": 5}", nil, 1, 15),
            ("{\"timestamp\": 0, \"input_length\": 5, \"output_length\": 5} x", nil, 1, 57),
            ("{\"hash_ids\": [1, 2", nil, 1, 19),
            ("{\"hash_ids\": [-1]}", nil, 1, 15),
            ("{\"a\": " + String(repeating: "[", count: 100_000), nil, 1, 134),
            ("num_prefill_tokens,num_decode_tokens,arrived_at\n1,2,nan", nil, 2, 5),
        ] as [(String, TraceFormat?, Int, Int)])
    func `a malformed line is named by line and column`(
        text: String, format: TraceFormat?, line: Int, column: Int
    ) {
        #expect {
            try readTrace(text, format: format)
        } throws: { error in
            guard let error = error as? TraceError else { return false }
            return error.line == line && error.column == column
        }
    }

    @Test(
        arguments: [
            ("5", 5), ("5.0", 5), ("5e0", 5), ("1.2E+1", 12), ("1.28e2", 128), ("0e5", 0),
            ("1.5", nil), ("15e-1", nil), ("1e99", nil), ("-1e0", nil), ("e5", nil),
            ("0x1e5", nil), ("1e", nil), ("", nil),
        ] as [(String, UInt32?)])
    func `a number of tokens is whole, however it is written`(text: String, tokens: UInt32?) {
        #expect(TraceNumber.tokens(Array(text.utf8)[...]) == tokens)
    }

    @Test func `a line without end is refused before it fills memory`() {
        var reader = TraceReader()
        var rows: [TraceRow] = []
        #expect(throws: TraceError.self) {
            try reader.feed(repeatElement(UInt8(ascii: "1"), count: 2 << 20), into: &rows)
        }
    }

    @Test(
        arguments: [
            ("1970-01-01 00:00:00", nil),
            ("2023-11-16 18:15:46.6805900", 1_700_158_546_680_590_000),
            ("2024-02-29T23:59:59Z", 1_709_251_199_000_000_000),
            ("2024-05-10 00:00:00.009930+02:00", 1_715_292_000_009_930_000),
            ("2100-02-29 00:00:00", nil), ("2024-01-01 24:00:00", nil), ("2024-01-01", nil),
        ] as [(String, Int64?)])
    func `civil times are the Gregorian calendar's`(text: String, ns: Int64?) {
        #expect(CivilTime.nanoseconds(Array(text.utf8)[...]) == ns)
    }
}
