import FileReading
import Glibc

/// A file or a folder could not be used: names it, what was attempted, and the system's words or
/// what to do.
package struct StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    package var path: String
    /// The operation that was attempted: "write", "lock".
    package var attempt: String
    package var words: String
    /// The system's error number; 0 where the refusal is ours.
    package var code: Int32
    /// The process that has the folder, as far as it is known: it was there first.
    package var holder: String?

    init(_ path: String, _ attempt: String, code: Int32) {
        self.path = path
        self.attempt = attempt
        self.code = code
        words = String(cString: strerror(code))
    }

    init(_ path: String, _ attempt: String, refusal: String) {
        self.path = path
        self.attempt = attempt
        code = 0
        words = refusal
    }

    init(_ path: String, _ attempt: String, input: ReadOnlyFileError) {
        if case .system(let code) = input {
            self.init(path, attempt, code: code)
        } else {
            self.init(path, attempt, refusal: "it \(input.words)")
        }
    }

    package var description: String { "cannot \(attempt) \(path): \(words)" }
}
