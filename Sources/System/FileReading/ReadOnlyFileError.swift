import Glibc

/// Why something that was named cannot be read as a file.
package enum ReadOnlyFileError: Error, Hashable, Sendable {
    /// The system refused, with this error number.
    case system(Int32)
    case link
    case folder
    case namedPipe
    case socket
    case device
    /// It holds more bytes than may be read.
    case tooLarge(limit: Int)

    /// A clause that reads after the file's name.
    package var words: String {
        switch self {
        case .system(let code): "cannot be read: \(String(cString: strerror(code)))"
        case .link: "is a symbolic link, which is not followed here; put the file itself there"
        case .folder: "is a folder, and a file is wanted; name a file in it"
        case .namedPipe:
            "is a named pipe, which may have no writer; write its content to a file and name that"
        case .socket: "is a socket, and a file is wanted"
        case .device: "is a device, and a file is wanted"
        case .tooLarge(let limit): "is larger than \(limit) bytes"
        }
    }
}
