/// The words of a command line: kept without what is secret in them, and written so that a shell
/// reads the same words again.
package enum CommandWords {
    private static let mask = "***"

    /// `words` with `***` for the values of options that hold a credential by their names (among
    /// them every `--api-key...` and `--token-file`), of headers, of members of bodies that are
    /// credentials by theirs, and of the user part and the credentials of URLs.
    package static func withoutSecrets(_ words: [String]) -> [String] {
        var kept: [String] = []
        var before: Option = .plain
        for word in words {
            let isOption = word.hasPrefix("-") && word.count > 1
            guard isOption else {
                kept.append(before.masked(word))
                before = .plain
                continue
            }
            // An option that takes no value has another one behind it.
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let option = Option(String(parts[0]))
            if parts.count == 2 {
                kept.append("\(parts[0])=\(option.masked(String(parts[1])))")
                before = .plain
            } else {
                kept.append(word)
                before = option
            }
        }
        return kept
    }

    /// `words` as a POSIX shell takes them.
    package static func shell(_ words: [String]) -> String {
        words.map(quoted).joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 32)
                    || "/._-+:=,@%".utf8.contains(byte)
            }
        return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }

    /// An option by what its value may give away.
    private enum Option {
        case plain
        case secret
        /// `NAME: VALUE`, whose name is no secret.
        case header
        /// JSON, or `name=value`.
        case body

        init(_ name: String) {
            switch name {
            case "--header", "-H", "--headers": self = .header
            case "--extra-body": self = .body
            // Counts and the storage of tokens.
            case "--token-rows", "--tokens": self = .plain
            default:
                let words = name.split(separator: "-")
                self = words.contains { Self.credentials.contains(String($0)) } ? .secret : .plain
            }
        }

        private static let credentials: Set = [
            "key", "token", "secret", "password", "auth", "authorization", "credential",
            "credentials", "cookie",
        ]

        func masked(_ value: String) -> String {
            switch self {
            case .secret: return mask
            case .header:
                guard let colon = value.firstIndex(of: ":") else { return mask }
                return "\(value[...colon]) \(mask)"
            case .body: return maskedMembers(value)
            case .plain:
                return URLQuery.withoutSecrets(
                    URLUserPart.masked(value, mask: mask), mask: mask)
            }
        }

        /// A body of which some word names a credential is kept back as a whole: what in it is
        /// the value depends on how it is written.
        private func maskedMembers(_ value: String) -> String {
            let words = value.split { !($0.isLetter || $0.isNumber || "_-".contains($0)) }
            return words.contains(where: { CredentialName.isOne($0) && !isCount($0) })
                ? mask : value
        }

        /// Whether the name is one of lengths, which many members have.
        private func isCount(_ name: Substring) -> Bool {
            name.hasSuffix("tokens") || name.hasSuffix("token_ids")
        }
    }
}
