import Glibc
import TokenLog

/// The shape of a stream's token events: all bytes but the text and the token ids.
///
/// Learnt from one fully scanned event. A later event matches when every byte outside the holes is
/// the same, the text hole is a non-empty JSON string and the ids are plain decimal numbers with
/// commas; then it says what the learnt event said, by construction. Everything else is left to
/// ``EventScanner``: a template never guesses.
struct EventTemplate: ~Copyable {
    private enum Hole {
        case text
        case ids
    }

    private var bytes = GrowableBytes()
    private var first = (hole: Hole.text, range: 0..<0)
    private var second: (hole: Hole, range: Range<Int>)?
    private var choice: ScannedChoice?

    init() {}

    /// Learns from a scanned event, or forgets the template where the event is not simple: exactly
    /// one choice with exactly one text, no tool call, no finish reason, no usage, no error.
    mutating func learn(
        _ data: UnsafeRawBufferPointer, _ event: ScannedEvent, _ holes: EventHoles
    ) {
        choice = nil
        guard event.choices.count == 1, let text = holes.text, holes.texts == 1,
            !holes.hasToolCall, !event.isError, event.completionTokens == nil,
            event.promptTokens == nil, event.choices[0].finish == nil
        else { return }
        bytes.removeAll()
        bytes.append(data)
        choice = event.choices[0]
        first = (.text, text)
        second = nil
        guard let ids = holes.ids else { return }
        if ids.lowerBound < text.lowerBound {
            first = (.ids, ids)
            second = (.text, text)
        } else {
            second = (.ids, ids)
        }
    }

    /// What the event's one choice says if it matches, nil if only a scan can tell.
    func match(_ data: UnsafeRawBufferPointer) -> ScannedChoice? {
        guard var choice else { return nil }
        let learnt = bytes.view
        var position = 0
        guard equal(learnt, 0..<first.range.lowerBound, data, &position),
            fill(first.hole, data, &position, &choice)
        else { return nil }
        var rest = first.range.upperBound
        if let second {
            guard equal(learnt, rest..<second.range.lowerBound, data, &position),
                fill(second.hole, data, &position, &choice)
            else { return nil }
            rest = second.range.upperBound
        }
        guard equal(learnt, rest..<learnt.count, data, &position), position == data.count else {
            return nil
        }
        return choice
    }

    private func equal(
        _ learnt: UnsafeRawBufferPointer, _ range: Range<Int>, _ data: UnsafeRawBufferPointer,
        _ position: inout Int
    ) -> Bool {
        guard position + range.count <= data.count,
            memcmp(
                learnt.baseAddress! + range.lowerBound, data.baseAddress! + position, range.count)
                == 0
        else { return false }
        position += range.count
        return true
    }

    private func fill(
        _ hole: Hole, _ data: UnsafeRawBufferPointer, _ position: inout Int,
        _ choice: inout ScannedChoice
    ) -> Bool {
        switch hole {
        case .text:
            var scanner = JSONScanner(data, at: position)
            guard let text = try? scanner.stringTail(), !text.range.isEmpty else {
                // A hole that is no string or empty: the scan says what the event means.
                return false
            }
            position = text.range.upperBound
            return true
        case .ids:
            guard let count = Self.countIDs(data, &position) else { return false }
            choice.tokenIDs = count
            return true
        }
    }

    /// Counts `1,22,333` up to a bracket, which is left; nil for anything but plain numbers.
    private static func countIDs(_ data: UnsafeRawBufferPointer, _ position: inout Int) -> Int? {
        var count = 0
        var digits = 0
        var leadingZero = false
        while position < data.count {
            let byte = data[position]
            switch byte {
            case 0x30...0x39:
                guard !leadingZero else { return nil }
                leadingZero = digits == 0 && byte == 0x30
                digits += 1
            case 0x2C:
                guard digits > 0 else { return nil }
                count += 1
                digits = 0
                leadingZero = false
            case 0x5D:
                guard digits > 0 || count == 0 else { return nil }
                return digits > 0 ? count + 1 : 0
            default:
                return nil
            }
            position += 1
        }
        return nil
    }
}
