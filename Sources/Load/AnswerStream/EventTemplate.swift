import TokenLog

/// The shape of a stream's token events: all bytes but the few that differ from event to event.
///
/// Learnt from one event. A later event that matches is counted without being scanned; everything
/// else is left to ``EventScanner``: a template never guesses.
///
/// `created` and `id` are holes only once a stream has been seen to vary outside the others: as a
/// rule they stay the same, and equal bytes are cheaper to compare than to read.
struct EventTemplate: ~Copyable {
    /// The figures that a matching event states.
    struct Match {
        /// Bytes of the event from where it was to begin.
        var length: Int
        /// How many token ids it lists; 0 where it lists none.
        var ids: UInt32
        /// `usage.completion_tokens`; 0 where the template has no usage.
        var completion: UInt32
        /// UTF-8 bytes of its text.
        var textBytes: UInt32
    }

    private static let parts: [EventShape.Part] = [.text, .ids, .completion, .total]
    private static let wideParts = parts + [.created, .id]

    /// Whether it ever holds a template. Looked at where an event is learnt, which was scanned: one
    /// that never learns has no choice, as one that has learnt nothing yet.
    private let learns: Bool
    private var learnt = EventShape()
    /// Whether `created` and `id` are holes.
    private var isWide = false

    /// The learnt event's one choice; nil where no template is held.
    private(set) var choice: ScannedChoice?
    /// The learnt event's `usage.prompt_tokens`.
    private(set) var promptTokens: UInt32?
    private(set) var hasUsage = false
    /// Whether the learnt event was a single line, and can be recognised in a stream's bytes.
    private(set) var isOneLine = false

    init(learns: Bool = true) { self.learns = learns }

    /// Learns from a scanned event, or forgets the template where the event is not simple: exactly
    /// one choice with exactly one text, no tool call, no finish reason, no error, usage only with
    /// a plain number of completion tokens.
    mutating func learn(
        _ data: UnsafeRawBufferPointer, _ event: ScannedEvent, _ found: EventHoles
    ) {
        guard learns else { return }
        if choice != nil { isWide = true }
        choice = nil
        guard event.choices.count == 1, found.text != nil, event.choices[0].finish == nil,
            found.areAll(of: event)
        else { return }
        learnt.learn(data, found, parts: isWide ? Self.wideParts : Self.parts)
        choice = event.choices[0]
        promptTokens = event.promptTokens
        hasUsage = event.completionTokens != nil
        isOneLine = learnt.isOneLine
    }

    /// Reads an event at `begin` that ends at or before `end`; nil if only a scan can tell.
    ///
    /// - Complexity: O(length of the learnt event and the holes); nothing is allocated.
    func match(at begin: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) -> Match? {
        guard let shape else { return nil }
        var match = Match(length: 0, ids: 0, completion: 0, textBytes: 0)
        guard
            let behind = shape.match(
                at: begin, end: end, &match.ids, &match.completion, &match.textBytes)
        else { return nil }
        // A count of 0 is none: see the scanner.
        if hasUsage, match.completion == 0 { return nil }
        match.length = behind - begin
        return match
    }

    /// A view of what was learnt, valid until the next ``learn(_:_:_:)``; nil before the first.
    var shape: EventShape.View? { learnt.view }
}

extension EventShape.View {
    /// Where an event that begins at `begin` ends, its ids counted, its usage read, its text
    /// measured; nil if only a scan can tell.
    @inline(__always)
    func match(
        at begin: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>, _ ids: inout UInt32,
        _ completion: inout UInt32, _ textBytes: inout UInt32
    ) -> UnsafePointer<UInt8>? {
        match(at: begin, end: end) { part, _, _, number in
            if part == .ids { ids = number }
            if part == .completion { completion = number }
            if part == .text { textBytes = number }
        }
    }
}
