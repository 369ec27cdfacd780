/// The form of a body, by its first bytes or by its media type.
enum BodyForm: Equatable {
    /// Server-sent events.
    case events
    /// One JSON text.
    case document
    /// A page of HTML or XML.
    case page
    case other

    /// The number of leading blanks from which on the first bytes show nothing any more.
    static let longest = 4_096

    /// The form that the media type states.
    init(mediaType: String) {
        switch mediaType {
        case "text/event-stream": self = .events
        case "application/json": self = .document
        case "text/html", "application/xhtml+xml": self = .page
        case let type where type.hasSuffix("+json"): self = .document
        default: self = .other
        }
    }

    /// The form that the first bytes that are no blanks show; nil where more of them are needed.
    ///
    /// A JSON text for an answer is an object or a list; a stream begins with a comment or one of
    /// the four fields (HTML Living Standard, section 9.2); a byte order mark may be in front.
    init?(firstBytes: UnsafeRawBufferPointer) {
        if firstBytes.count < 3, Self.mark.starts(with: firstBytes) { return nil }
        let bytes = Self.withoutMark(firstBytes).drop {
            $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D
        }
        switch bytes.first {
        case nil: return nil
        case UInt8(ascii: "{"), UInt8(ascii: "["): self = .document
        case UInt8(ascii: "<"): self = .page
        case UInt8(ascii: ":"): self = .events
        default:
            var isOpen = false
            for name in ["data", "event", "id", "retry"] as [StaticString] {
                switch Self.isField(name, at: bytes) {
                case true?:
                    self = .events
                    return
                case nil: isOpen = true
                case false?: continue
                }
            }
            if isOpen { return nil }
            self = .other
        }
    }

    /// The byte order mark that may be in front of a text in UTF-8.
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The text without a byte order mark.
    static func withoutMark(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        text.starts(with: mark) ? UnsafeRawBufferPointer(rebasing: text[3...]) : text
    }

    /// Whether a line at `bytes` is of the field; nil where more bytes are needed.
    private static func isField(_ name: StaticString, at bytes: Slice<UnsafeRawBufferPointer>)
        -> Bool?
    {
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard bytes.count > name.count else { return name.starts(with: bytes) ? nil : false }
        let next = bytes[bytes.startIndex + name.count]
        return bytes.starts(with: name)
            && (next == UInt8(ascii: ":") || next == 0x0A || next == 0x0D)
    }
}
