import Glibc

extension SharedToken {
    /// Longest content of a token file, in bytes.
    private static let fileLimit = 256

    /// Reads a token file that only its owner may read, or `/dev/fd/N`, an inherited descriptor
    /// (``SecretFile``).
    package static func load(path: String) throws(TokenError) -> SharedToken {
        let content: [UInt8]
        do throws(SecretFileError) {
            content = try SecretFile.read(path, "token file", limit: fileLimit)
        } catch { throw .unusable(error) }
        do {
            return try SharedToken(parsing: content)
        } catch let error where error.isAboutContent {
            throw .malformed(path: path, error)
        }
    }

    /// Writes the token with mode 0600; an existing file only when `replacing`.
    package func write(to path: String, replacing: Bool = false) throws(TokenError) {
        let creation = replacing ? O_TRUNC : O_EXCL
        let descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | creation, 0o600)
        guard descriptor >= 0 else {
            switch errno {
            case EEXIST: throw .exists(path: path)
            case ELOOP:
                throw .unusable(
                    SecretFileError(path: path, noun: "token file", kind: .isSymbolicLink))
            default: throw .unwritable(path: path, words: Self.systemWords())
            }
        }
        defer { close(descriptor) }
        // A replaced file keeps its old mode otherwise; before the secret is in it.
        let text = Array((secretText + "\n").utf8)
        guard fchmod(descriptor, 0o600) == 0,
            Glibc.write(descriptor, text, text.count) == text.count,
            fsync(descriptor) == 0
        else { throw .unwritable(path: path, words: Self.systemWords()) }
    }

    private static func systemWords() -> String { String(cString: strerror(errno)) }
}

extension TokenError {
    fileprivate var isAboutContent: Bool {
        switch self {
        case .wrongLength, .notHexadecimal: true
        default: false
        }
    }
}
