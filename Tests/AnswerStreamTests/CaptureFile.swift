import Foundation
import JSON

/// Captures of real servers, which lie beside the repository on machines that have them.
enum Captures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "../shared/captures").standardizedFileURL

    static var areHere: Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "expected.json").path)
    }

    /// One response of a capture, in the pieces in which it is to be fed.
    struct Case {
        var name: String
        var pieces: [[UInt8]]
        var expected: JSONValue
    }

    static func read(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: folder.appending(path: name)))
    }

    /// Every response whose head is captured.
    static func all() throws -> [Case] {
        var cases: [Case] = []
        let expected = try JSONValue(parsing: read("expected.json"))
        for member in expected.members ?? [] {
            let bytes = try read(member.name)
            if let responses = member.value["responses"]?.array {
                let parts = split(bytes)
                precondition(parts.count == responses.count, "\(member.name) has other responses")
                for (part, response) in zip(parts, responses) {
                    let name = "\(member.name) \(response["name"]?.string ?? "")"
                    cases.append(Case(name: name, pieces: [part], expected: response))
                }
            } else if member.name.hasSuffix(".segments.txt") {
                cases.append(
                    Case(name: member.name, pieces: segments(bytes), expected: member.value))
            } else if member.value["tail_only"]?.bool != true {
                cases.append(Case(name: member.name, pieces: [bytes], expected: member.value))
            }
        }
        return cases
    }

    /// The responses of an `.err.txt`: `=== NAME` LF, raw bytes, LF.
    private static func split(_ bytes: [UInt8]) -> [[UInt8]] {
        let mark = Array("\n=== ".utf8)
        var starts = [0]
        for index in bytes.indices where bytes[index...].starts(with: mark) {
            starts.append(index + 1)
        }
        return starts.indices.map { index in
            let end = index + 1 < starts.count ? starts[index + 1] - 1 : bytes.count
            let part = bytes[starts[index]..<end]
            let body = part[(part.firstIndex(of: 0x0A)! + 1)...]
            return Array(index + 1 == starts.count && body.last == 0x0A ? body.dropLast() : body)
        }
    }

    /// The reads of a `.segments.txt`: Python bytes literals, an empty one for "nothing more came".
    private static func segments(_ bytes: [UInt8]) -> [[UInt8]] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
            let begin = line.range(of: " B b")!.upperBound
            let quote = line[begin]
            let literal = line[line.index(after: begin)...].dropLast()
            precondition(line.last == quote, "a segment's literal does not end")
            return unescaped(Array(literal.utf8))
        }.filter { !$0.isEmpty }
    }

    private static func unescaped(_ literal: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = 0
        while index < literal.count {
            guard literal[index] == UInt8(ascii: "\\") else {
                bytes.append(literal[index])
                index += 1
                continue
            }
            switch literal[index + 1] {
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "x"):
                let digits = String(decoding: literal[(index + 2)..<(index + 4)], as: UTF8.self)
                bytes.append(UInt8(digits, radix: 16)!)
                index += 2
            case let other: bytes.append(other)
            }
            index += 2
        }
        return bytes
    }
}
