import Bytes
import PlainText
import Results

/// Holds the lines of `requests.jsonl`, as they are read, against what the manifest says of them.
struct RequestsFileCheck {
    private let path: String
    /// nil for the manifests of before: then only what contradicts itself is found.
    private let record: RequestsFileRecord?
    /// The line of each id.
    private var lines: [UInt32: Int] = [:]
    private var lastLine = 0
    private var byteCount = 0
    private var crc = CRC32C()

    init(_ path: String, record: RequestsFileRecord?) {
        self.path = path
        self.record = record
    }

    /// Takes in a line that was read: its bytes without the line end, which the last one may lack.
    ///
    /// - Throws: ``FileProblem`` for a request that stands there twice, and for one that the
    ///   manifest does not have.
    mutating func read(
        _ id: UInt32, _ bytes: UnsafeRawBufferPointer, line: Int
    ) throws(FileProblem) {
        if let before = lines.updateValue(line, forKey: id) {
            throw FileProblem(
                .content, path, line: line,
                "request \(id) stands in line \(before) already; each has one line")
        }
        if let record, !record.contains(id) {
            throw FileProblem(
                .content, path, line: line,
                "request \(id) is none of those that the manifest says are in this file")
        }
        lastLine = line
        byteCount += bytes.count + 1
        crc.add(bytes)
        crc.add(Self.lineEnd)
    }

    /// The file has ended.
    ///
    /// - Throws: ``FileProblem`` where requests are missing or bytes have changed.
    func ended() throws(FileProblem) {
        guard let record else { return }
        if lines.count < record.count {
            let missing = record.ids.lazy.joined().first { lines[$0] == nil } ?? 0
            let others = record.count - lines.count - 1
            throw FileProblem(
                .content, path,
                "ends after line \(lastLine) with \(lines.count) of the \(record.count) requests "
                    + "that the run wrote: request \(missing)"
                    + (others > 0 ? " and \(Figures.count(others, "other")) are" : " is")
                    + " missing; restore the whole file")
        }
        guard byteCount == record.byteCount, crc.value == record.checksum else {
            throw FileProblem(
                .content, path,
                "was changed after the run wrote it: it has \(byteCount) bytes with CRC-32C "
                    + "\(Self.hexadecimal(crc.value)), and the manifest says \(record.byteCount) "
                    + "with \(Self.hexadecimal(record.checksum)); restore the file")
        }
    }

    private static let lineEnd = [UInt8(ascii: "\n")]

    private static func hexadecimal(_ value: UInt32) -> String { String(value, radix: 16) }
}
