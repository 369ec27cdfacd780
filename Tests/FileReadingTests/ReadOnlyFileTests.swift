import Foundation
import Testing

@testable import FileReading

@Suite("A file that is read and nothing else")
struct ReadOnlyFileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("legato-\(UUID().uuidString)").path
        try #require(mkdir(path, 0o700) == 0)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func refusal(
        _ path: String, links: ReadOnlyFile.Links = .followed
    ) -> ReadOnlyFileError? {
        do throws(ReadOnlyFileError) {
            _ = try ReadOnlyFile(path, links: links).readAll(limit: 1 << 20)
            return nil
        } catch {
            return error
        }
    }

    @Test("A regular file is read whole, up to a limit")
    func regular() throws {
        try withFolder { folder in
            let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try Data(bytes).write(to: URL(fileURLWithPath: folder + "/file"))
            #expect(try ReadOnlyFile(folder + "/file").byteCount == bytes.count)
            #expect(try ReadOnlyFile(folder + "/file").readAll(limit: bytes.count) == bytes)
            #expect(throws: ReadOnlyFileError.tooLarge(limit: 9)) {
                try ReadOnlyFile(folder + "/file").readAll(limit: 9)
            }
        }
    }

    @Test("What is no file is refused at once, and says what it is")
    func noFiles() throws {
        try withFolder { folder in
            #expect(refusal(folder) == .folder)
            #expect(refusal(folder + "/none") == .system(ENOENT))
            #expect(refusal("/dev/zero") == .device)
            // No writer will ever come.
            try #require(mkfifo(folder + "/pipe", 0o600) == 0)
            #expect(refusal(folder + "/pipe") == .namedPipe)
            #expect(symlink("pipe", folder + "/link") == 0)
            #expect(refusal(folder + "/link") == .namedPipe)
            #expect(refusal(folder + "/link", links: .refused) == .link)
            let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(socket) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let path = Array((folder + "/socket").utf8)
            try #require(path.count < 100)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
            let bound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            try #require(bound == 0)
            #expect(refusal(folder + "/socket") == .socket)
        }
    }

    @Test("A pipe that came with the process is read to its end, however slowly it comes")
    func anonymousPipe() throws {
        let pipe = Pipe()
        let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
        let writer = pipe.fileHandleForWriting
        let bytes = [UInt8](repeating: 7, count: 300_000)
        // More than a pipe holds, so that the reader waits for the writer and it for the reader.
        let thread = Thread {
            try? writer.write(contentsOf: Data(bytes))
            try? writer.close()
        }
        thread.start()
        #expect(try ReadOnlyFile(path).readAll(limit: 1 << 20) == bytes)
    }

    @Test("Reading needs no right to write, and changes nothing")
    func readOnly() throws {
        try withFolder { folder in
            let path = folder + "/file"
            try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
            try #require(chmod(path, 0o444) == 0)
            var before = stat()
            try #require(stat(path, &before) == 0)
            #expect(try ReadOnlyFile(path).readAll(limit: 10) == [1, 2, 3])
            var after = stat()
            try #require(stat(path, &after) == 0)
            #expect(before.st_size == after.st_size && before.st_mode == after.st_mode)
            #expect(before.st_mtim.tv_nsec == after.st_mtim.tv_nsec)
            #expect(before.st_ctim.tv_nsec == after.st_ctim.tv_nsec)
        }
    }
}
