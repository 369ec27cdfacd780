import Foundation
import Testing

@Suite("The article on a run's files", .serialized)
struct FileFormatTests {
    private static let article = "Sources/legato/Documentation.docc/FileFormats.md"

    @Test("Each member that it names is in the files of a run, and no first one is left out")
    func members() throws {
        try Program.withFolder { folder in
            let run = folder.path + "/run"
            let made = try Program.run([
                "run", "--local", "1", "--request-rate", "20", "--num-prompts", "12",
                "--input-len", "20", "--output-len", "6", "--out", run, "--allow-invalid",
            ])
            try #require(made.status == 0, "\(made.errors)")
            let named = try Self.named()
            #expect(Set(named.keys) == ["manifest.json", "requests.jsonl", "summary.json"])
            for (file, members) in named {
                let content = try Self.content(of: run + "/" + file)
                let object = try #require(content as? [String: Any])
                let first = Set(members.filter { !$0.contains(".") })
                #expect(first == Set(object.keys), "\(file)")
                for member in members {
                    #expect(Self.has(content, member.split(separator: ".")), "\(file): \(member)")
                }
            }
        }
    }

    /// The first column of the tables, by the file in the heading above.
    private static func named() throws -> [String: [String]] {
        let url = Program.root.appendingPathComponent(article)
        var file: String?
        var named: [String: [String]] = [:]
        for line in try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n") {
            if line.hasPrefix("## ") {
                file =
                    line.hasSuffix(".json") || line.hasSuffix(".jsonl")
                    ? "\(line.dropFirst(3))" : nil
            } else if let file, let row = line.prefixMatch(of: /\| `([^`]+)` \|/) {
                named[file, default: []].append(String(row.1))
            }
        }
        return named
    }

    /// A file's object; of lines the first one.
    private static func content(of path: String) throws -> Any {
        var data = try Data(contentsOf: URL(fileURLWithPath: path))
        if path.hasSuffix(".jsonl") { data = data.prefix { $0 != UInt8(ascii: "\n") } }
        return try JSONSerialization.jsonObject(with: data)
    }

    private static func has(_ value: Any, _ path: [Substring]) -> Bool {
        guard let name = path.first else { return true }
        let isList = name.hasSuffix("[]")
        guard let object = value as? [String: Any],
            let member = object[isList ? String(name.dropLast(2)) : String(name)]
        else { return false }
        let rest = Array(path.dropFirst())
        guard isList else { return has(member, rest) }
        guard let list = member as? [Any], !list.isEmpty else { return false }
        return list.allSatisfy { has($0, rest) }
    }
}
