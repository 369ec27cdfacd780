extension JSONValue {
    /// The value over several lines, two spaces a level; an array of plain values stays on one.
    package var indented: String {
        var writer = IndentedWriter()
        writer.write(self, level: 0)
        return writer.text + "\n"
    }
}

private struct IndentedWriter {
    var text = ""

    mutating func write(_ value: JSONValue, level: Int) {
        switch value {
        case .object(let members) where !members.isEmpty:
            text += "{"
            for (index, member) in members.enumerated() {
                text += index == 0 ? "\n" : ",\n"
                indent(level + 1)
                text += Self.compact(.string(member.name)) + ": "
                write(member.value, level: level + 1)
            }
            text += "\n"
            indent(level)
            text += "}"
        case .array(let values) where values.contains { $0.members != nil || $0.array != nil }:
            text += "["
            for (index, value) in values.enumerated() {
                text += index == 0 ? "\n" : ",\n"
                indent(level + 1)
                write(value, level: level + 1)
            }
            text += "\n"
            indent(level)
            text += "]"
        default: text += Self.compact(value)
        }
    }

    private mutating func indent(_ level: Int) {
        text += String(repeating: "  ", count: level)
    }

    private static func compact(_ value: JSONValue) -> String {
        String(decoding: value.serialized, as: UTF8.self)
    }
}
