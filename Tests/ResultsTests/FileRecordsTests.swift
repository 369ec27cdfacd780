import JSON
import Testing

@testable import Results

@Suite struct FileRecordsTests {
    @Test(arguments: [
        (#"{"count": 3, "ids": [[0, 1]], "bytes": 1, "crc32c": 2}"#, "has a `count` of 3"),
        (#"{"count": 3, "ids": [[1, 2], [2, 2]], "bytes": 1, "crc32c": 2}"#, "do not rise"),
        (#"{"count": 1, "ids": [[2, 1]], "bytes": 1, "crc32c": 2}"#, "[first, last]"),
        (#"{"count": 1, "ids": [1], "bytes": 1, "crc32c": 2}"#, "[first, last]"),
        (#"{"count": 1, "ids": [[1, 1]], "bytes": 1, "crc32c": -2}"#, "crc32c"),
        (#"{"count": 1, "ids": [[1, 1]], "crc32c": 2}"#, "lacks `bytes`"),
    ])
    func whatTheManifestSaysOfTheFileIsRead(json: String, words: String) throws {
        let value = try JSONValue(
            parsing: Array(#"{"files": {"requests.jsonl": \#(json)}}"#.utf8))
        let error = #expect(throws: JSONFieldError.self) { try FileRecords(manifest: value) }
        #expect(error?.problem.contains(words) == true, "\(String(describing: error))")
    }

    @Test func idsWithHolesAreKnownOneByOne() throws {
        var record = RequestsFileRecord()
        for id in [0, 1, 2, 5, 9, 10, UInt32.max] { record.add(id, line: [1, 2]) }
        #expect(record.ids == [0...2, 5...5, 9...10, UInt32.max...UInt32.max])
        let again = try RequestsFileRecord(json: record.json)
        #expect(again == record && again.byteCount == 14 && again.count == 7)
        for id in [0, 2, 5, 9, 10, UInt32.max] { #expect(again.contains(id)) }
        for id in [3, 4, 6, 8, 11, UInt32.max - 1] as [UInt32] { #expect(!again.contains(id)) }
        #expect(!RequestsFileRecord().contains(0))
    }
}
