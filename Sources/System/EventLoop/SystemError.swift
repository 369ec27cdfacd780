import CLibUV

/// A refusal of the system, in its own words and in ours.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// libuv's code: a negated errno on Linux, or one of libuv's own (UV_EOF, UV_EAI_...).
    package var code: Int32
    /// The operation that was attempted, as it reads after "cannot": "listen on 127.0.0.1:8000".
    package var attempted: String
    /// The remedy, where one is known.
    package var remedy: String?

    /// `code` is negative: libuv's code or a negated errno.
    package init(code: Int32, attempted: String, remedy: String? = nil) {
        precondition(code < 0, "a system error has a negative code, not \(code)")
        self.code = code
        self.attempted = attempted
        self.remedy = remedy
    }

    /// The error of the thread's last failed system call; `errno` is positive.
    package init(errno: Int32, attempted: String, remedy: String? = nil) {
        self.init(code: -errno, attempted: attempted, remedy: remedy)
    }

    /// The system's sentence: "connection refused".
    package var words: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            // The re-entrant form: uv_strerror leaks for codes that it does not know.
            String(cString: uv_strerror_r(code, buffer.baseAddress!, buffer.count))
        }
    }

    /// The system's name of the code: "ECONNREFUSED".
    package var name: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            String(cString: uv_err_name_r(code, buffer.baseAddress!, buffer.count))
        }
    }

    package var description: String {
        let sentence = "cannot \(attempted): \(words) (\(name))"
        return remedy.map { "\(sentence); \($0)" } ?? sentence
    }

    /// Whether the operation ended because our side closed the handle.
    package var isCancelled: Bool { code == UV_ECANCELED.rawValue }
    /// Whether nothing listens there.
    package var isConnectionRefused: Bool { code == UV_ECONNREFUSED.rawValue }
    /// Whether the other side cut the connection.
    package var isConnectionReset: Bool {
        code == UV_ECONNRESET.rawValue || code == UV_EPIPE.rawValue
    }
}

/// Throws the negative result of a libuv call as an error.
func check(_ result: CInt, _ attempted: @autoclosure () -> String) throws(SystemError) {
    if result < 0 { throw SystemError(code: result, attempted: attempted()) }
}
