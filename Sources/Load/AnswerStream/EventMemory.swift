import JSON

/// The events of one server that are not scanned again: those that begin and end its answers.
///
/// Their content differs from answer to answer in a few numbers alone, so that a scan of each is
/// most of what a short answer costs. An event of a known shape gives what a scan would give.
final class EventMemory {
    /// An event that was scanned, and what it said.
    private final class Known {
        @exclusivity(unchecked) var shape = EventShape()
        @exclusivity(unchecked) var event = ScannedEvent()
        /// When it was last of use, in events of this memory.
        @exclusivity(unchecked) var used: UInt64 = 0
    }

    /// Most shapes: an answer's first event, its first with text, its last with text, its end, its
    /// usage, and some that vary in other ways and are of no use.
    private static let capacity = 8
    /// Longest event that is remembered, in bytes.
    private static let eventBytes = 4_096
    private static let parts: [EventShape.Part] = [
        .text, .ids, .completion, .prompt, .total, .created, .id,
    ]

    @exclusivity(unchecked) private var known: [Known] = []
    @exclusivity(unchecked) private var events: UInt64 = 0
    /// Events that were scanned, as no known one had their shape.
    @exclusivity(unchecked) private(set) var scans = 0

    init() {}

    /// Scans `bytes` into `event` as ``EventScanner/scan(_:into:)`` does, or finds what that would.
    func scan(
        _ bytes: UnsafeRawBufferPointer, into event: inout ScannedEvent
    ) throws(JSONError) -> EventHoles {
        events += 1
        for candidate in known {
            if let holes = Self.recall(candidate, bytes, into: &event) {
                candidate.used = events
                return holes
            }
        }
        scans += 1
        let holes = try EventScanner.scan(bytes, into: &event)
        if bytes.count <= Self.eventBytes, event.choices.count <= 1, !event.hasRarities,
            holes.areAll(of: event)
        {
            remember(bytes, event, holes)
        }
        return holes
    }

    private static func recall(
        _ known: Known, _ bytes: UnsafeRawBufferPointer, into event: inout ScannedEvent
    ) -> EventHoles? {
        guard let shape = known.shape.view, let base = bytes.baseAddress else { return nil }
        // Sound: only read, as bytes, and never beyond `end`.
        let begin = base.assumingMemoryBound(to: UInt8.self)
        let end = begin + bytes.count
        guard shape.hasTail(before: end, count: bytes.count) else { return nil }
        var holes = EventHoles()
        var ids: UInt32?
        var completion: UInt32?
        var prompt: UInt32?
        var textBytes = 0
        let behind = shape.match(at: begin, end: end) { part, from, to, number in
            let range = (from - begin)..<(to - begin)
            switch part {
            case .text:
                holes.text = range
                holes.texts = 1
                textBytes = Int(number)
            case .ids:
                holes.ids = range
                ids = number
            case .completion:
                // None, as the scan has it.
                guard number > 0 else { return }
                holes.completion = range
                completion = number
            case .prompt:
                holes.prompt = range
                prompt = number
            case .total: holes.total = range
            case .created: holes.created = range
            case .id: holes.id = range
            }
        }
        guard behind == end else { return nil }
        event.repeats(
            known.event, textBytes: textBytes, ids: ids, completion: completion, prompt: prompt)
        return holes
    }

    private func remember(
        _ bytes: UnsafeRawBufferPointer, _ event: ScannedEvent, _ holes: EventHoles
    ) {
        if known.count < Self.capacity { known.append(Known()) }
        let oldest = known.min { $0.used < $1.used }!
        oldest.used = events
        oldest.event = event
        oldest.shape.learn(bytes, holes, parts: Self.parts)
    }
}
