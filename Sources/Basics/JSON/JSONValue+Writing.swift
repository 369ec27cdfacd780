extension JSONValue {
    /// The compact JSON text of the value: no blanks, members in order, reals in the shortest form
    /// that reads back equal. A real that is not finite has no JSON form and traps.
    ///
    /// - Complexity: O(bytes).
    package var serialized: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// Appends the compact JSON text of the value; see ``serialized``.
    package func write(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: serialized)
    }

    /// Appends `text` as a JSON string with its quotes.
    package static func write(_ text: String, to bytes: inout [UInt8]) {
        JSONWriter.append(quoted: text, to: &bytes)
    }
}
