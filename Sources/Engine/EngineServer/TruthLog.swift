import EventLoop
import Glibc
import TimeBase

/// The engine's own send times, for checking what clients measured: CSV with a header, one line a
/// token.
///
/// Columns: the request's `x-request-id`, the token's position from 0, the instant at which the
/// model had it due, and the instant just before the write that sent it; instants in ns of
/// CLOCK_MONOTONIC_RAW of this host. No byte of a token can have left before its instant. Lines are
/// collected and written in large pieces.
final class TruthLog {
    private let descriptor: Int32
    private var lines: [UInt8] = Array("request_id,token,due_raw_ns,sent_raw_ns\n".utf8)
    private var isOpen = true
    /// Why the file ends before its time, where it does.
    private(set) var failure: SystemError?

    /// Bytes of lines that are collected before they are written.
    private static let pieceBytes = 1 << 20

    /// Replaces the file at `path`.
    init(path: String) throws(SystemError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 {
            throw SystemError(errno: errno, attempted: "write the truth file \(path)")
        }
    }

    /// Notes a token whose write began at `sent`.
    func record(request: String, token: Int, dueNs: Int64, sent: LocalInstant) {
        // A comma or a quote of a client's must not make columns.
        for byte in request.utf8.prefix(128) where byte > 0x22 && byte != 0x2C {
            lines.append(byte)
        }
        lines.append(contentsOf: ",\(token),\(dueNs),\(sent.ns)\n".utf8)
        if lines.count >= Self.pieceBytes { flush() }
    }

    /// Writes what is collected and closes the file; allowed twice.
    func close() {
        guard isOpen else { return }
        flush()
        isOpen = false
        Glibc.close(descriptor)
    }

    /// Writes all lines; the first failure ends the file.
    private func flush() {
        guard isOpen else { return }
        do throws(SystemError) {
            try writeLines()
        } catch {
            failure = error
            isOpen = false
            Glibc.close(descriptor)
        }
        lines.removeAll(keepingCapacity: true)
    }

    private func writeLines() throws(SystemError) {
        var sent = 0
        while sent < lines.count {
            let count = lines.withUnsafeBytes { bytes in
                write(descriptor, bytes.baseAddress! + sent, bytes.count - sent)
            }
            if count < 0 && errno == EINTR { continue }
            if count < 0 {
                throw SystemError(errno: errno, attempted: "write the truth file")
            }
            sent += count
        }
    }
}
