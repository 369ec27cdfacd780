import FileReading
import Glibc
import PlainText
package import Results

/// A run's folder, held open. The one that a run makes is 0700 with files of 0600; one that is read
/// may be anybody's, and may be named by a link. No link within it is followed.
package struct RunDirectory: ~Copyable {
    /// As given, with its name.
    package let path: String
    let descriptor: Int32

    /// Above so many tokens `requests.jsonl` leaves them to the journal, unless asked otherwise.
    package static let mostTokensInRequests = 20_000_000

    /// Makes `parent/<utc time>-<name>` and, where it is missing, `parent`. A folder of that name
    /// that exists is never touched: the next free suffix -2, -3, ... is taken.
    ///
    /// - Parameters:
    ///   - parent: The folder of `--out`; it may be a symbolic link.
    ///   - name: The scenario's; what a file name should not hold becomes a dash.
    ///   - utc: Seconds since 1970.
    package static func create(
        under parent: String, name: String, utc: Int64
    ) throws(FileProblem) -> RunDirectory {
        try makeFolders(parent)
        let stem = "\(parent)/\(Figures.minute(utc: utc))-\(fileName(name))"
        for attempt in 1...1000 {
            let path = attempt == 1 ? stem : "\(stem)-\(attempt)"
            switch NewFolder.make(path) {
            case 0: return try RunDirectory(opening: path)
            case EEXIST: continue
            case let code: throw .cannotMake(path, code)
            }
        }
        throw FileProblem(
            .system, stem, "and a thousand names after it exist; choose another --out")
    }

    /// Makes the folder `path`, and those above it where they are missing.
    ///
    /// - Throws: ``FileProblem`` where it exists already: a run never writes over another.
    package static func create(at path: String) throws(FileProblem) -> RunDirectory {
        let trimmed = withoutLastSlashes(path)
        if let slash = trimmed.lastIndex(of: "/"), slash > trimmed.startIndex {
            try makeFolders(String(trimmed[..<slash]))
        }
        let code = NewFolder.make(trimmed)
        guard code == 0 else { throw .cannotMake(trimmed, code) }
        return try RunDirectory(opening: trimmed)
    }

    /// Opens the run directory `path` to write into it: no link is followed, lest it lead
    /// elsewhere.
    package init(opening path: String) throws(FileProblem) {
        try self.init(path, flags: O_NOFOLLOW)
    }

    /// Opens the run directory `path` to read what is in it; a link to a folder is as good as one.
    package init(reading path: String) throws(FileProblem) {
        try self.init(path, flags: 0)
    }

    private init(_ path: String, flags: Int32) throws(FileProblem) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags)
        guard descriptor >= 0 else {
            let remedy =
                errno == ELOOP || errno == ENOTDIR
                ? "name the folder itself, not a link or a file" : "name the folder of a run"
            throw .system(path, "cannot be opened", errno, remedy: remedy)
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Replaces the file `name` as a whole: written beside it, synced, then renamed, so that a
    /// reader and a crash see the old file or the new one.
    package func write(_ bytes: [UInt8], to name: String) throws(FileProblem) {
        var file = try NewFile(in: descriptor, folder: path, name: name)
        try file.append(bytes[...])
        try file.commit()
    }

    /// The whole file `name`.
    package func read(_ name: String) throws(FileProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        try forEachChunk(of: name) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Whether nothing is in it.
    borrowing func isEmpty() throws(FileProblem) -> Bool {
        guard let names = FolderNames.list(descriptor) else {
            throw .system(path, "cannot be listed", errno, remedy: "name another folder")
        }
        return names.isEmpty
    }

    /// Whether something of that name is there, be it a file or not.
    func has(_ name: String) -> Bool { faccessat(descriptor, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 }

    /// The first bytes of the file `name`, at most `count`; nil where nothing of that name is
    /// there, and none of what is no file.
    package borrowing func firstBytes(
        _ count: Int, of name: String
    ) throws(FileProblem) -> [UInt8]? {
        guard has(name) else { return nil }
        guard byteCount(of: name) != nil else { return [] }
        var bytes: [UInt8] = []
        try forEachChunk(of: name, while: { bytes.count < count }) { chunk in
            bytes.append(contentsOf: chunk.prefix(count - bytes.count))
        }
        return bytes
    }

    /// The first line of the file `name` without its line end; no byte behind it is looked at.
    borrowing func firstLine(of name: String) throws(FileProblem) -> [UInt8] {
        var line: [UInt8] = []
        var hasEnded = false
        try forEachChunk(of: name, while: { !hasEnded }) { chunk in
            let end = chunk.firstIndex(of: UInt8(ascii: "\n"))
            hasEnded = end != nil
            line.append(contentsOf: chunk[..<(end ?? chunk.endIndex)])
        }
        return line
    }

    /// Bytes in the file `name`; nil where there is none.
    package func byteCount(of name: String) -> Int? {
        var status = stat()
        guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
            status.st_mode & S_IFMT == S_IFREG
        else { return nil }
        return Int(status.st_size)
    }

    /// Hands `body` each line of the file `name` without its line end, with its number from 1; the
    /// last one may lack its end.
    package func forEachLine(
        of name: String,
        _ body: (UnsafeRawBufferPointer, Int) throws(FileProblem) -> Void
    ) throws(FileProblem) {
        var pending: [UInt8] = []
        var line = 0
        try forEachChunk(of: name) { chunk throws(FileProblem) in
            var rest = chunk[...]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                line += 1
                if pending.isEmpty {
                    try body(UnsafeRawBufferPointer(rebasing: rest[..<end]), line)
                } else {
                    pending.append(contentsOf: rest[..<end])
                    try Self.hand(pending, line, to: body)
                    pending.removeAll(keepingCapacity: true)
                }
                rest = rest[(end + 1)...]
            }
            pending.append(contentsOf: rest)
            guard pending.count <= Self.longestLine else {
                throw FileProblem(
                    .content, "\(self.path)/\(name)", line: line + 1,
                    "the line is longer than \(Self.longestLine) bytes; this is no file of requests"
                )
            }
        }
        if !pending.isEmpty { try Self.hand(pending, line + 1, to: body) }
    }

    /// Begins a new file `name`, to be written piece by piece.
    package func newFile(_ name: String) throws(FileProblem) -> NewFile {
        try NewFile(in: descriptor, folder: path, name: name)
    }

    /// The longest line that is read: some hundred million tokens in one request.
    private static let longestLine = 1 << 31

    private static func hand(
        _ line: [UInt8], _ number: Int,
        to body: (UnsafeRawBufferPointer, Int) throws(FileProblem) -> Void
    ) throws(FileProblem) {
        let result = line.withUnsafeBytes { bytes in
            Result { () throws(FileProblem) in try body(bytes, number) }
        }
        try result.get()
    }

    func forEachChunk(
        of name: String, while isWanted: () -> Bool = { true },
        _ body: (UnsafeRawBufferPointer) throws(FileProblem) -> Void
    ) throws(FileProblem) {
        func refusal(_ error: ReadOnlyFileError) -> FileProblem {
            .input("\(path)/\(name)", error, remedy: "name the folder of a run that has ended")
        }
        let file: ReadOnlyFile
        do throws(ReadOnlyFileError) {
            file = try ReadOnlyFile(name, in: descriptor, links: .refused)
        } catch {
            throw refusal(error)
        }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while isWanted() {
            let count: Int
            do throws(ReadOnlyFileError) {
                count = try file.read(into: buffer)
            } catch {
                throw refusal(error)
            }
            guard count > 0 else { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    static func withoutLastSlashes(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// Makes `folder` and what is missing above it.
    private static func makeFolders(_ folder: String) throws(FileProblem) {
        guard let (path, code) = NewFolder.makeAll(folder) else { return }
        guard code != ENOTDIR else {
            throw FileProblem(
                .system, path, "is a file where a folder is wanted; choose another --out")
        }
        throw .cannotMake(path, code)
    }

    /// `name` with letters, digits, dot, dash and underscore only, at most 80 of them, beginning
    /// with none that hides a file.
    static func fileName(_ name: String) -> String {
        let kept = name.unicodeScalars.prefix(80).map { scalar -> Character in
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return isPlain || "._-".unicodeScalars.contains(scalar) ? Character(scalar) : "-"
        }
        return kept.isEmpty ? "run" : String(kept)
    }
}

extension FileProblem {
    /// A path that cannot be read as a file: bad data where it is none, else the system's refusal.
    static func input(_ path: String, _ error: ReadOnlyFileError, remedy: String) -> FileProblem {
        guard case .system(let code) = error else {
            return FileProblem(.content, path, error.words)
        }
        return system(path, "cannot be read", code, remedy: remedy)
    }

    /// A folder for a run that the system does not make: `--out` says where else.
    static func cannotMake(_ path: String, _ code: Int32) -> FileProblem {
        let words = String(cString: strerror(code))
        let advice =
            switch code {
            case ENOSPC, EDQUOT: "free space on its disk, or name another place with --out"
            case EEXIST: "name a folder that does not exist yet with --out"
            case EROFS, EACCES, EPERM: "name a place that you may write to with --out"
            default: "name another place with --out"
            }
        return FileProblem(.system, path, "cannot be made: \(words); \(advice)")
    }

    /// A refusal of the system, in its own words, with what to do.
    static func system(
        _ path: String, _ what: String, _ code: Int32, remedy: String
    ) -> FileProblem {
        let words = String(cString: strerror(code))
        let advice =
            switch code {
            case ENOSPC, EDQUOT: "free space on its disk"
            case EROFS: "its file system is read-only; choose another"
            case EACCES, EPERM: "its permissions must let you; check them or choose another"
            default: remedy
            }
        return FileProblem(.system, path, "\(what): \(words); \(advice)")
    }
}
