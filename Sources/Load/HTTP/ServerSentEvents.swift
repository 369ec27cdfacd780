import Glibc

/// One dispatched server-sent event.
package struct ServerSentEvent {
    /// The data lines joined by line feeds: a view of the input or of the splitter, valid until the
    /// splitter is called again.
    package var data: UnsafeRawBufferPointer
    /// Whether the event was named `error`.
    package var isNamedError: Bool
}

/// More than ``ServerSentEvents/eventBytes`` without the end of an event.
package struct ServerSentEventTooLong: Error, Hashable, Sendable {}

/// Splits a body into server-sent events (HTML Living Standard, section 9.2) over any split.
///
/// An event that lies whole in the input, with one data line, is returned as a view of it; only
/// what crosses reads is copied. Lines may end in LF, CR LF or CR; comments and unknown fields are
/// skipped; an event that the end of the stream cuts is never dispatched.
package struct ServerSentEvents: ~Copyable {
    /// Longest event, and longest line of any kind, in bytes.
    package static let eventBytes = 1 << 20

    /// Comments seen so far, such as `: ping`.
    package private(set) var comments = 0
    /// Data events dispatched so far.
    package private(set) var events = 0

    private var partialLine = GrowableBytes()
    private var data = GrowableBytes()
    private var hasData = false
    private var isNamedError = false
    private var skipsLineFeed = false
    private var isFirstLine = true
    /// Whether `data` was handed out and is to be forgotten at the next call.
    private var dispatchedHeld = false
    private var finishedPartialLine = false

    package init() {}

    /// Whether bytes of an event came that is not dispatched yet.
    package var isInsideEvent: Bool { hasData || !partialLine.isEmpty }

    /// Whether the next byte begins an event, nothing of which has come.
    package var isBetweenEvents: Bool {
        !hasData && !isNamedError && !skipsLineFeed && !isFirstLine
            && (partialLine.isEmpty || finishedPartialLine)
    }

    /// Counts events that were read past the splitter, between two events.
    package mutating func skipped(_ count: Int) { events += count }

    /// The next event, nil when `input` is used up; `input` loses the bytes that were used.
    package mutating func next(
        _ input: inout UnsafeRawBufferPointer
    ) throws(ServerSentEventTooLong) -> ServerSentEvent? {
        if dispatchedHeld {
            data.removeAll()
            dispatchedHeld = false
        }
        // A lone data line that is still a view of the input.
        var inPlace: UnsafeRawBufferPointer?
        while let line = try nextLine(&input) {
            if line.isEmpty {
                defer {
                    isNamedError = false
                    hasData = false
                }
                if let inPlace {
                    events += 1
                    return ServerSentEvent(data: inPlace, isNamedError: isNamedError)
                }
                guard hasData else { continue }
                events += 1
                dispatchedHeld = true
                return ServerSentEvent(data: data.view, isNamedError: isNamedError)
            }
            guard let value = field(line) else { continue }
            if !hasData && !finishedPartialLine {
                inPlace = value
                hasData = true
                continue
            }
            if let first = inPlace {
                data.append(first)
                inPlace = nil
            }
            if hasData { data.append(byte: 0x0A) }
            guard data.count + value.count <= Self.eventBytes else {
                throw ServerSentEventTooLong()
            }
            data.append(value)
            hasData = true
        }
        if let inPlace { data.append(inPlace) }
        return nil
    }

    /// The value of a data line; nil for other lines, which are noted or skipped.
    private mutating func field(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        if line[0] == UInt8(ascii: ":") {
            comments += 1
            return nil
        }
        let isData = line.count >= 4 && memcmp(line.baseAddress!, "data", 4) == 0
        if isData && line.count == 4 { return UnsafeRawBufferPointer(rebasing: line[4...]) }
        if isData && line[4] == UInt8(ascii: ":") {
            let begin = line.count > 5 && line[5] == 0x20 ? 6 : 5
            return UnsafeRawBufferPointer(rebasing: line[begin...])
        }
        if line.starts(with: "event:".utf8) {
            let name = line.dropFirst(6)
            isNamedError = name.elementsEqual("error".utf8) || name.elementsEqual(" error".utf8)
        }
        return nil
    }

    /// The next whole line without its end; nil when `input` is used up, what was left of it held.
    private mutating func nextLine(
        _ input: inout UnsafeRawBufferPointer
    ) throws(ServerSentEventTooLong) -> UnsafeRawBufferPointer? {
        if finishedPartialLine {
            partialLine.removeAll()
            finishedPartialLine = false
        }
        if skipsLineFeed, let first = input.first {
            if first == 0x0A { input = UnsafeRawBufferPointer(rebasing: input.dropFirst()) }
            skipsLineFeed = false
        }
        guard let base = input.baseAddress, !input.isEmpty else { return nil }
        let newline = memchr(base, 0x0A, input.count).map { UnsafeRawPointer($0) - base }
        let searched = newline ?? input.count
        let end = memchr(base, 0x0D, searched).map { UnsafeRawPointer($0) - base } ?? newline
        guard partialLine.count + (end ?? input.count) <= Self.eventBytes else {
            throw ServerSentEventTooLong()
        }
        guard let end else {
            partialLine.append(input)
            input = UnsafeRawBufferPointer(rebasing: input[input.count...])
            return nil
        }
        var line = UnsafeRawBufferPointer(rebasing: input[..<end])
        if input[end] == 0x0D {
            // The LF of a CR LF belongs to this line end, also when it comes in the next read.
            skipsLineFeed = end + 1 == input.count
            let isPair = end + 1 < input.count && input[end + 1] == 0x0A
            input = UnsafeRawBufferPointer(rebasing: input[(end + (isPair ? 2 : 1))...])
        } else {
            input = UnsafeRawBufferPointer(rebasing: input[(end + 1)...])
        }
        if !partialLine.isEmpty {
            partialLine.append(line)
            finishedPartialLine = true
            line = partialLine.view
        }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) {
                line = UnsafeRawBufferPointer(rebasing: line[3...])
            }
        }
        return line
    }
}
