/// A request whose bytes are ready before it is due.
package struct PreparedRequest: Sendable {
    /// Its index in the run's plan.
    package var id: UInt32
    /// Index into the client's targets.
    package var target: Int
    /// Head and body as they go out.
    package var bytes: [UInt8]
    /// Where in ``bytes`` the prompt lies: nothing of it may reach an error message.
    package var prompt: Range<Int>
    /// Whether the answer's text is wanted: ``StreamSink/answered(_:_:)``.
    package var keepsAnswer = false

    package init(id: UInt32, target: Int, bytes: [UInt8], prompt: Range<Int>) {
        self.id = id
        self.target = target
        self.bytes = bytes
        self.prompt = prompt
    }
}
