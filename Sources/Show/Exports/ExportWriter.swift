import Results

/// Gathers the pieces of a file and hands them on in blocks.
final class ExportWriter {
    private let sink: ([UInt8]) throws(FileProblem) -> Void
    private var buffer: [UInt8] = []

    private static let blockSize = 1 << 18

    /// - Parameter sink: Takes a block of the file.
    init(_ sink: @escaping ([UInt8]) throws(FileProblem) -> Void) { self.sink = sink }

    func append(_ bytes: some Sequence<UInt8>) throws(FileProblem) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.blockSize { try flush() }
    }

    func append(_ text: String) throws(FileProblem) { try append(text.utf8) }

    func flush() throws(FileProblem) {
        guard !buffer.isEmpty else { return }
        try sink(buffer)
        buffer.removeAll(keepingCapacity: true)
    }
}
