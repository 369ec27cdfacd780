import Bytes

/// Texts of the plan that an agent's requests are put together from; decodes alone.
package struct PromptTexts: Hashable, Sendable {
    /// A text and its index in the plan, which segments name.
    package struct Entry: Hashable, Sendable {
        package var index: UInt32
        /// JSON as it is sent.
        package var bytes: [UInt8]

        package init(index: UInt32, bytes: [UInt8]) {
            self.index = index
            self.bytes = bytes
        }
    }

    package var entries: [Entry]

    package init(entries: [Entry]) { self.entries = entries }

    func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(entries.count))
        for entry in entries {
            writer.varint(UInt64(entry.index))
            writer.data(entry.bytes)
        }
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        entries = []
        let count = try reader.count(
            "prompt text count", limit: WireLimits.inflatedPayload, bytesEach: 2)
        for _ in 0..<count {
            let index: UInt32 = try reader.number("prompt text place")
            entries.append(
                Entry(
                    index: index,
                    bytes: Array(
                        try reader.data("prompt text", limit: WireLimits.inflatedPayload))))
        }
    }

    /// `entries` in messages whose encoding stays under ``WireLimits/chunk``, in order, each text
    /// being at most a third of it.
    package static func chunks(_ entries: [Entry]) -> [PromptTexts] {
        var chunks: [PromptTexts] = []
        var chunk: [Entry] = []
        var size = 0
        for entry in entries {
            let own = entry.bytes.count + 10
            precondition(own < WireLimits.chunk, "a text of the plan fits a message")
            if size + own > WireLimits.chunk, !chunk.isEmpty {
                chunks.append(PromptTexts(entries: chunk))
                chunk = []
                size = 0
            }
            chunk.append(entry)
            size += own
        }
        if !chunk.isEmpty { chunks.append(PromptTexts(entries: chunk)) }
        return chunks
    }
}
