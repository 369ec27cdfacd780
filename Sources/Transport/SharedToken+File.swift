import Glibc

extension SharedToken {
    /// Longest content of a token file that is read, in bytes.
    private static let fileLimit = 256

    /// Reads a token file that only its owner may read, or `/dev/fd/N`, an inherited descriptor.
    ///
    /// No symbolic link is followed at the last place of the path. An inherited descriptor is read to
    /// its end and closed, so that no child of this process gets it.
    package static func load(path: String) throws(TokenError) -> SharedToken {
        let inherited = inheritedDescriptor(path)
        let descriptor = inherited ?? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ELOOP
                ? .isSymbolicLink(path: path) : .unreadable(path: path, words: systemWords())
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .unreadable(path: path, words: systemWords())
        }
        try judge(status, path: path, isInherited: inherited != nil)
        do {
            return try SharedToken(parsing: try readAll(descriptor, path: path))
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
            case ELOOP: throw .isSymbolicLink(path: path)
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

    private static func judge(
        _ status: stat, path: String, isInherited: Bool
    ) throws(TokenError) {
        let kind = status.st_mode & S_IFMT
        if isInherited && kind == S_IFIFO { return }
        guard kind == S_IFREG else { throw .isNotAFile(path: path) }
        guard status.st_mode & 0o077 == 0 else {
            throw .isOpenToOthers(path: path, mode: status.st_mode & 0o777)
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw .belongsToAnother(path: path, user: status.st_uid)
        }
    }

    private static func readAll(_ descriptor: Int32, path: String) throws(TokenError) -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: fileLimit)
        while content.count < fileLimit {
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { break }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .unreadable(path: path, words: systemWords())
            }
            content += chunk[..<count]
        }
        return content
    }

    /// N of `/dev/fd/N`.
    private static func inheritedDescriptor(_ path: String) -> Int32? {
        guard path.hasPrefix("/dev/fd/") else { return nil }
        return Int32(path.dropFirst("/dev/fd/".count)).flatMap { $0 >= 0 ? $0 : nil }
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
