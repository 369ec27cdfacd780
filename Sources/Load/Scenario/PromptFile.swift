internal import Foundation
internal import Workload

/// Reads files of prompts.
enum PromptFile {
    private static let chunkBytes = 1 << 20
    /// How much of a file says whether it holds prompts.
    private static let headBytes = 1 << 20

    /// Whether the file holds prompts rather than lengths.
    static func isOne(_ path: String) throws(TraceFileError) -> Bool {
        let handle = try TraceFile.open(path)
        defer { try? handle.close() }  // nothing was written: a failed close loses nothing
        do {
            let head = try handle.read(upToCount: headBytes) ?? Data()
            return head.withUnsafeBytes(PromptReader.recognises)
        } catch {
            throw TraceFileError(message: "cannot read \(path): \(error)")
        }
    }

    /// The prompts of the file; memory for what is kept of them and one object.
    static func read(
        _ path: String, _ options: PromptReader.Options
    ) throws(TraceFileError) -> PromptLibrary {
        let handle = try TraceFile.open(
            path, remedy: "Put the file of prompts there, or name another")
        defer { try? handle.close() }  // as above
        var options = options
        options.encoding = options.encoding ?? PromptEncoding(fileName: path)
        var reader = PromptReader(options)
        do {
            while let chunk = try handle.read(upToCount: chunkBytes), !chunk.isEmpty {
                try chunk.withUnsafeBytes { bytes in try reader.feed(bytes) }
            }
            var library = try reader.finish()
            library.file = path
            return library
        } catch let error as TraceError {
            throw TraceFileError(message: "\(path):\(error)")
        } catch {
            throw TraceFileError(message: "cannot read \(path): \(error)")
        }
    }
}
