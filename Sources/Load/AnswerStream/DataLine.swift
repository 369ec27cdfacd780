/// The kind of an event's data, by how it begins.
enum DataLine {
    /// `[DONE]`: the answer has ended.
    case done
    /// A JSON object, or what is to be refused as one.
    case object
    /// Blanks alone.
    case blank
    /// Anything else, such as a keep-alive that a gateway wraps as data.
    case stray

    init(_ data: UnsafeRawBufferPointer) {
        guard let begin = data.firstIndex(where: { !Self.isBlank($0) }),
            let last = data.lastIndex(where: { !Self.isBlank($0) })
        else {
            self = .blank
            return
        }
        switch data[begin] {
        case UInt8(ascii: "{"): self = .object
        case UInt8(ascii: "["):
            self = data[begin...last].elementsEqual("[DONE]".utf8) ? .done : .object
        default: self = .stray
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
