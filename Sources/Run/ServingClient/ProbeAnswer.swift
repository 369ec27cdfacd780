import AnswerStream
import TimeBase

/// The outcome of a probe: one GET of a document.
struct ProbeAnswer {
    var result: AnswerResult
    /// The part of it that was collected.
    var document: [UInt8]
    /// Whether there was more than is collected.
    var isTooLong: Bool
    /// When its last bytes came, or it was given up.
    var at: LocalInstant
}
