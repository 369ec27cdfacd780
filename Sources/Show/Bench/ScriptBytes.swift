import CReceiver

/// The bytes of a stream's parts where C reads them, until they are freed.
struct ScriptBytes {
    let head: UnsafeMutableBufferPointer<UInt8>
    let event: UnsafeMutableBufferPointer<UInt8>
    let tail: UnsafeMutableBufferPointer<UInt8>

    init(_ stream: SampleStream) {
        head = Self.copy(stream.head)
        event = Self.copy(stream.event)
        tail = Self.copy(stream.tail)
    }

    /// A script with these parts and nothing else.
    var script: legato_script {
        var script = legato_script()
        script.head = Self.piece(head)
        script.event = Self.piece(event)
        script.tail = Self.piece(tail)
        return script
    }

    /// Ends the bytes' lives; nobody reads them any more.
    func free() {
        for piece in [head, event, tail] { piece.deallocate() }
    }

    private static func copy(_ bytes: [UInt8]) -> UnsafeMutableBufferPointer<UInt8> {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = copy.initialize(from: bytes)
        return copy
    }

    private static func piece(_ bytes: UnsafeMutableBufferPointer<UInt8>) -> legato_piece {
        // Sound: the copies are not empty and live until they are freed.
        legato_piece(bytes: bytes.baseAddress!, size: bytes.count)
    }
}
