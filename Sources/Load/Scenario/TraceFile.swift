internal import FileReading
internal import Foundation
internal import Workload

/// Why a trace file gives no rows, as a sentence.
struct TraceFileError: Error {
    var message: String
}

/// Reads trace files.
enum TraceFile {
    private static let chunkBytes = 1 << 18

    /// `path` as it stands where absolute, else within `folder`.
    static func path(_ path: String, relativeTo folder: String) -> String {
        path.hasPrefix("/") || folder.isEmpty ? path : folder + "/" + path
    }

    /// The file, to be read from its beginning.
    ///
    /// - Parameter remedy: The advice where the file does not exist, as a sentence; nil says where
    ///   public traces are.
    static func open(
        _ path: String, remedy: String? = nil
    ) throws(TraceFileError) -> FileHandle {
        do throws(ReadOnlyFileError) {
            let descriptor = try ReadOnlyFile(path).release()
            return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        } catch {
            guard case .system(let code) = error else {
                throw TraceFileError(message: "\(path) \(error.words)")
            }
            let reason = String(cString: strerror(code))
            throw TraceFileError(
                message: "cannot read \(path): \(reason). \(remedy ?? source(of: path))")
        }
    }

    /// The rows of the file, and how they were read; memory for its rows and one chunk.
    static func read(
        _ path: String, _ options: TraceReader.Options
    ) throws(TraceFileError) -> (rows: [TraceRow], reader: TraceReader) {
        let handle = try open(path)
        defer { try? handle.close() }  // nothing was written: a failed close loses nothing
        var reader = TraceReader(options)
        var rows: [TraceRow] = []
        do {
            while let chunk = try handle.read(upToCount: chunkBytes), !chunk.isEmpty {
                try reader.feed(chunk, into: &rows)
            }
            try reader.finish(into: &rows)
        } catch let error as TraceError {
            throw TraceFileError(message: "\(path):\(error)")
        } catch {
            throw TraceFileError(message: "cannot read \(path): \(error)")
        }
        guard !rows.isEmpty else {
            let left = reader.leftOut.isEmpty ? "" : " to send: \(reader.leftOut.words)"
            throw TraceFileError(message: "\(path) has no rows\(left)")
        }
        return (rows, reader)
    }

    /// Where the public trace with such a name can be downloaded, as a sentence.
    private static func source(of path: String) -> String {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        let known: [(words: [String], source: String)] = [
            (["azure"], "github.com/Azure/AzurePublicDataset, folder data (CC-BY 4.0)"),
            (
                ["mooncake", "conversation_trace", "toolagent"],
                "github.com/kvcache-ai/Mooncake, folder FAST25-release/traces (Apache-2.0)"
            ),
            (["tracelab", "round_trace"], "tracelab.cs.washington.edu (CC-BY 4.0)"),
            (["burstgpt"], "github.com/HPMLL/BurstGPT, folder data (CC-BY 4.0)"),
            (
                ["sharegpt", "arxiv", "lmsys"],
                "github.com/project-etalon/etalon, folder data/processed_traces (Apache-2.0)"
            ),
        ]
        for (words, source) in known where words.contains(where: name.contains) {
            return "Download it from \(source) to this path"
        }
        return "Put the trace there, or change the path (it is relative to the scenario)"
    }
}
