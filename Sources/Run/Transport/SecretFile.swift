import Glibc

/// A file that holds a secret: only its owner may read it.
package enum SecretFile {
    /// The content of the file at `path`, or of `/dev/fd/N`, an inherited descriptor.
    ///
    /// No symbolic link is followed at the path's last component. An inherited descriptor is read
    /// to its end and closed, so that no child of this process gets it.
    ///
    /// - Parameters:
    ///   - noun: the noun for the file, for sentences: "token file".
    ///   - limit: longest content, in bytes.
    package static func read(
        _ path: String, _ noun: String, limit: Int
    ) throws(SecretFileError) -> [UInt8] {
        func problem(_ kind: SecretFileError.Kind) -> SecretFileError {
            SecretFileError(path: path, noun: noun, kind: kind)
        }
        let inherited = inheritedDescriptor(path)
        let descriptor = inherited ?? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw problem(errno == ELOOP ? .isSymbolicLink : .unreadable(words: systemWords()))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw problem(.unreadable(words: systemWords()))
        }
        if let objection = objection(to: status, isInherited: inherited != nil) {
            throw problem(objection)
        }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while content.count <= limit {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return content }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw problem(.unreadable(words: systemWords()))
            }
            content += chunk[..<count]
        }
        throw problem(.isLonger(than: limit))
    }

    /// Why the file at `path` could not be read as one of a secret, by its kind, mode and owner;
    /// nil where it could, and where nothing can be said of it.
    package static func objection(to path: String, _ noun: String) -> SecretFileError? {
        let inherited = inheritedDescriptor(path)
        var status = stat()
        let isKnown =
            inherited.map { fstat($0, &status) == 0 } ?? (lstat(path, &status) == 0)
        guard isKnown else { return nil }
        let kind =
            status.st_mode & S_IFMT == S_IFLNK
            ? .isSymbolicLink : objection(to: status, isInherited: inherited != nil)
        return kind.map { SecretFileError(path: path, noun: noun, kind: $0) }
    }

    private static func objection(
        to status: stat, isInherited: Bool
    ) -> SecretFileError.Kind? {
        let kind = status.st_mode & S_IFMT
        if isInherited && kind == S_IFIFO { return nil }
        guard kind == S_IFREG else { return .isNotAFile }
        guard status.st_mode & 0o077 == 0 else {
            return .isOpenToOthers(mode: status.st_mode & 0o777)
        }
        let isOwn = status.st_uid == geteuid() || status.st_uid == 0
        return isOwn ? nil : .belongsToAnother(user: status.st_uid)
    }

    /// N of `/dev/fd/N`.
    private static func inheritedDescriptor(_ path: String) -> Int32? {
        guard path.hasPrefix("/dev/fd/") else { return nil }
        return Int32(path.dropFirst("/dev/fd/".count)).flatMap { $0 >= 0 ? $0 : nil }
    }

    private static func systemWords() -> String { String(cString: strerror(errno)) }
}

/// Why a file of a secret is not used; the sentence names the file and shows nothing of it.
package struct SecretFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        case unreadable(words: String)
        case isSymbolicLink
        case isNotAFile
        case isOpenToOthers(mode: UInt32)
        case belongsToAnother(user: UInt32)
        case isLonger(than: Int)
    }

    package var path: String
    package var noun: String
    package var kind: Kind

    package init(path: String, noun: String, kind: Kind) {
        self.path = path
        self.noun = noun
        self.kind = kind
    }

    package var description: String {
        let file = "the \(noun) \(path)"
        return switch kind {
        case .unreadable(let words): "cannot read \(file): \(words)"
        case .isSymbolicLink: "\(file) is a symbolic link; name the file itself"
        case .isNotAFile: "\(file) is neither a file nor an inherited pipe"
        case .isOpenToOthers(let mode):
            "\(file) can be read by others (mode \(String(mode, radix: 8))); keep it with mode "
                + "600, and change what it holds, for that may be known"
        case .belongsToAnother(let user):
            "\(file) belongs to user \(user); use one of your own"
        case .isLonger(let limit): "\(file) is longer than \(limit) bytes, and holds something else"
        }
    }
}
