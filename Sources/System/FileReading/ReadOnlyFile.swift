import Glibc

/// A file that somebody named, opened to be read and for nothing else: it is not made, cut, locked
/// or waited for, whoever owns it.
///
/// Regular files are read, and pipes that came with the process (`/dev/stdin`, a shell's `<(...)`).
/// A named pipe is refused at once, since it may have no writer; so are folders, sockets and
/// devices.
package struct ReadOnlyFile: ~Copyable {
    private let descriptor: Int32
    /// Bytes in a regular file when it was opened; 0 for a pipe.
    package let byteCount: Int

    /// The treatment of a symbolic link at the path's last component.
    package enum Links: Hashable, Sendable {
        case followed
        case refused
    }

    /// Opens `path`, which is relative to `folder` where that is given, else to the current folder.
    package init(
        _ path: String, in folder: Int32? = nil, links: Links = .followed
    ) throws(ReadOnlyFileError) {
        // Without O_NONBLOCK the opening itself would wait for a named pipe's writer.
        let flags =
            O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (links == .refused ? O_NOFOLLOW : 0)
        let opened = openat(folder ?? AT_FDCWD, path, flags)
        guard opened >= 0 else {
            switch errno {
            case ELOOP where links == .refused: throw .link
            case ENXIO: throw .socket
            case let code: throw .system(code)
            }
        }
        let size: Int
        do throws(ReadOnlyFileError) {
            size = try Self.judge(opened)
        } catch {
            close(opened)
            throw error
        }
        descriptor = opened
        byteCount = size
    }

    deinit { close(descriptor) }

    /// Reads the next bytes into `buffer`; 0 at the file's end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(ReadOnlyFileError) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw .system(errno) }
        }
    }

    /// All that is left of the file.
    ///
    /// - Throws: ``ReadOnlyFileError/tooLarge(limit:)`` for more than `limit` bytes, of which no
    ///   more are held.
    package func readAll(limit: Int) throws(ReadOnlyFileError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(byteCount, limit))
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { piece.deallocate() }
        while true {
            let count = try read(into: piece)
            guard count > 0 else { return bytes }
            guard bytes.count + count <= limit else { throw .tooLarge(limit: limit) }
            bytes.append(contentsOf: piece[..<count])
        }
    }

    /// The descriptor, now the caller's to close.
    package consuming func release() -> Int32 {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    /// Refuses what is no file; the size of what is.
    private static func judge(_ descriptor: Int32) throws(ReadOnlyFileError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return Int(status.st_size)
        case S_IFDIR: throw .folder
        case S_IFIFO:
            guard isAnonymous(pipe: descriptor) else { throw .namedPipe }
            // Its writer came with it, so reads may wait for what it writes.
            guard fcntl(descriptor, F_SETFL, O_RDONLY) == 0 else { throw .system(errno) }
            return 0
        case S_IFSOCK: throw .socket
        default: throw .device
        }
    }

    /// Whether a pipe has no name in any folder: the system then calls it `pipe:[...]`.
    private static func isAnonymous(pipe descriptor: Int32) -> Bool {
        let prefix = Array("pipe:[".utf8)
        var name = [CChar](repeating: 0, count: prefix.count)
        let count = readlink("/proc/self/fd/\(descriptor)", &name, name.count)
        return count == prefix.count && name.map { UInt8(bitPattern: $0) } == prefix
    }
}
