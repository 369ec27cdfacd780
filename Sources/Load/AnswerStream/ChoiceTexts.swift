import JSON
import TokenLog

/// Texts that were found in one value: none of them empty.
struct FoundTexts {
    var count = 0
    /// UTF-8 bytes of all of them, escapes resolved.
    var bytes = 0
    /// Where the only one lies, between its quotes; nil where there is not exactly one.
    var only: Range<Int>?

    /// Adds a text unless it is empty.
    mutating func add(_ text: JSONScanner.Text, in scanner: JSONScanner) {
        guard !text.range.isEmpty else { return }
        count += 1
        bytes += scanner.utf8Count(text)
        only = count == 1 ? text.range : nil
    }
}

/// The text members of one choice while it is scanned; the last of each name counts.
struct ChoiceTexts {
    var plain: FoundTexts?
    var content: FoundTexts?
    var refusal: FoundTexts?
    var reasoningContent: FoundTexts?
    var reasoning: FoundTexts?
    private var hasTool = false
    private var toolBytes = 0
    private var other = FoundTexts()
    /// Where the name lies of the first member that has text and is not known.
    private(set) var otherName: Range<Int>?

    /// Adds a tool call: one without arguments is a token's, too.
    mutating func add(tool found: FoundTexts) {
        hasTool = hasTool || found.count > 0
        toolBytes += found.bytes
    }

    /// Adds what a member of the delta holds that is not known.
    mutating func add(other found: FoundTexts, named name: Range<Int>) {
        guard found.count > 0 else { return }
        other.only = other.count == 0 ? found.only : nil
        other.count += found.count
        other.bytes += found.bytes
        if otherName == nil { otherName = name }
    }

    mutating func forgetDelta() {
        let plain = plain
        self = ChoiceTexts()
        self.plain = plain
    }

    /// Puts what the texts say into `choice`, and the one non-empty text into `holes`.
    ///
    /// Members that are not known count where no known one has text: servers repeat a text in
    /// another form (`reasoning_details` beside `reasoning`), and it was delivered once.
    func settle(_ choice: inout ScannedChoice, _ holes: inout EventHoles) {
        var bytes = toolBytes
        func note(_ found: FoundTexts?) -> Bool {
            guard let found else { return false }
            guard found.count > 0 else {
                choice.hasEmptyText = true
                return false
            }
            holes.texts += found.count
            holes.text = holes.texts == 1 ? found.only : nil
            return true
        }
        var hasContent = false
        for found in [plain, content, refusal] where note(found) {
            hasContent = true
            bytes += found?.bytes ?? 0
        }
        // Two names of one text, which some servers send both.
        var reasoningBytes = 0
        for found in [reasoningContent, reasoning] where note(found) {
            reasoningBytes = max(reasoningBytes, found?.bytes ?? 0)
        }
        bytes += reasoningBytes
        let hasKnown = hasContent || reasoningBytes > 0 || hasTool
        if !hasKnown, other.count > 0, note(other) { bytes += other.bytes }
        if hasTool { holes.hasToolCall = true }
        choice.hasText = hasKnown || other.count > 0
        if choice.hasText { choice.hasEmptyText = false }
        choice.textBytes = bytes
        choice.kind =
            hasContent || !choice.hasText
            ? .content : reasoningBytes > 0 ? .reasoning : hasTool ? .tool : .other
    }
}
