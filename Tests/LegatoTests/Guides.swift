import Foundation

/// README.md and the articles that say how the program is used.
enum Guides {
    struct Page {
        var name: String
        var text: String
    }

    /// The pages; at least README and the guides beside the command's sources.
    static func pages() throws -> [Page] {
        let folder = Program.root.appendingPathComponent("Sources/legato/Documentation.docc")
        let articles = try FileManager.default
            .contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "md" }
        return try ([Program.root.appendingPathComponent("README.md")] + articles).map {
            Page(name: $0.lastPathComponent, text: try String(contentsOf: $0, encoding: .utf8))
        }
    }
}

extension Guides.Page {
    /// Lines in code blocks, indented or between fences, or all the others.
    private func lines(inCode: Bool) -> [String] {
        var isFenced = false
        return text.components(separatedBy: "\n").filter { line in
            guard !line.hasPrefix("```") else {
                isFenced.toggle()
                return false
            }
            return (isFenced || line.hasPrefix("    ")) == inCode
        }
    }

    /// Lines of code blocks, continued ones put together.
    var codeLines: [String] {
        var whole: [String] = []
        var isContinued = false
        for line in lines(inCode: true) {
            let code = line.trimmingCharacters(in: .whitespaces)
            let part = code.hasSuffix("\\") ? String(code.dropLast()) : code
            if isContinued {
                whole[whole.count - 1] += part
            } else {
                whole.append(part)
            }
            isContinued = code.hasSuffix("\\")
        }
        return whole
    }

    /// The arguments of each `legato` that a code block would run.
    var commands: [[String]] {
        codeLines.flatMap(ShellLine.commands).compactMap { words in
            let own = words.drop { $0 == "do" }
            guard own.first == "legato" else { return nil }
            // The head of a printed result: `legato 0.1.0`.
            let arguments = Array(own.dropFirst())
            return arguments.first?.first?.isNumber == true ? nil : arguments
        }
    }

    /// Texts between single backticks, outside code blocks.
    var spans: [String] {
        lines(inCode: false).flatMap { line in
            // Every second part is a span; links between double ones leave empty parts.
            line.components(separatedBy: "`").enumerated()
                .filter { $0.offset % 2 == 1 && !$0.element.isEmpty }.map(\.element)
        }
    }
}

/// As much of a shell's language as the pages use: quotes, comments, commands in a line.
enum ShellLine {
    /// The words of each command of `line`.
    static func commands(of line: String) -> [[String]] {
        var commands: [[String]] = [[]]
        var word: String?
        var quote: Character?
        func end() {
            if let word { commands[commands.count - 1].append(word) }
            word = nil
        }
        for character in line {
            if let open = quote {
                if character == open {
                    quote = nil
                } else {
                    word = (word ?? "") + String(character)
                }
                continue
            }
            switch character {
            case "'", "\"":
                quote = character
                word = word ?? ""
            case "#" where word == nil:
                return commands.filter { !$0.isEmpty }
            case ";", "|", "&":
                end()
                commands.append([])
            case _ where character.isWhitespace:
                end()
            default:
                word = (word ?? "") + String(character)
            }
        }
        end()
        return commands.filter { !$0.isEmpty }
    }
}
