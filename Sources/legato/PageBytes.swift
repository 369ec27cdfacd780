import CZlib
import Foundation
import Results
import Storage

/// The bytes of a page: how they are packed, and where they go.
enum PageBytes {
    /// `bytes` in zlib's format.
    static func deflated(_ bytes: [UInt8]) -> [UInt8] {
        var count = compressBound(uLong(bytes.count))
        var packed = [UInt8](repeating: 0, count: Int(count))
        let code = compress2(&packed, &count, bytes, uLong(bytes.count), 9)
        precondition(code == Z_OK, "the bound that zlib gives is enough")
        return Array(packed.prefix(Int(count)))
    }

    /// Writes a page to `file`, which was named by an option, or as the report of the run's folder.
    static func write(
        _ bytes: [UInt8], to file: String?, orInto folder: String, by option: String = "--out"
    ) throws(FileProblem) {
        guard let file else {
            return try RunDirectory(reading: folder).write(bytes, to: RunFileName.report)
        }
        do {
            try Data(bytes).write(to: URL(fileURLWithPath: file), options: .atomic)
        } catch {
            throw FileProblem(
                .system, file,
                "cannot be written: \(error.localizedDescription); name another file with \(option)"
            )
        }
    }
}
