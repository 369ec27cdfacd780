import JSON

/// Reads a file of prompts from chunks of bytes, cut anywhere: memory is one entry beside what is
/// kept of the texts.
///
/// An entry that cannot be sent is left out and counted; where more than one in a hundred is
/// unusable, ``finish()`` throws what is wrong with the first. The whole file is judged, however
/// few of its conversations are kept. No error holds any text of a prompt. After an error the
/// reader must not be fed again.
package struct PromptReader {
    /// The facts of a run that the reading of its prompts depends on.
    package struct Options: Hashable, Sendable {
        package var endpoint: Endpoint
        /// Members of a body that the scenario sets itself and that the file's give way to.
        package var overriddenMembers: Set<String> = []
        /// Conversations beyond so many are read and not kept; nil keeps all.
        package var limit: Int?
        /// Whether conversations begin at the times of the file.
        package var isReplay = false
        /// The unit of the file's times; nil takes ms.
        package var time: TraceTime?
        /// How the file is cut into entries; nil finds it by the first byte.
        package var encoding: PromptEncoding?
        /// The column of a table that holds the prompts; nil finds it.
        package var column: String?
        /// The history that later turns of a recorded conversation are sent with.
        package var history = PromptHistory.recorded

        package init(endpoint: Endpoint) { self.endpoint = endpoint }
    }

    private enum Cutter {
        /// Nothing but space has come.
        case undecided
        case objects(JSONElements)
        /// A table's first line so far, which shows what parts its fields.
        case head([UInt8])
        case records(TextRecords)
    }

    private let options: Options
    private var cutter = Cutter.undecided
    private var encoding = PromptEncoding.json
    private var library: PromptLibrary?
    private var leftOut = LeftOut()
    private var firstUnusable: TraceError?
    /// Entries that were looked at.
    private var entries = 0
    private var table: PromptTable?
    private var separator = TableHead.comma
    private var textBytes = 0
    /// Where the entry that is read begins, and the time that it has beside its content; ns.
    private var entryLine = 1
    private var entryTimeNs: Int64?
    /// The line of the first time that is a number.
    private var firstTimeLine: Int?
    /// Where the conversation of a `session_id` stands.
    private var sessions: [String: Int] = [:]
    /// When the last turn of a session was due, by the file; ns.
    private var lastInstants: [Int: Int64] = [:]

    package init(_ options: Options) { self.options = options }

    /// Whether a file that begins with `head` holds prompts rather than the lengths of a trace.
    package static func recognises(_ head: UnsafeRawBufferPointer) -> Bool {
        var elements = JSONElements()
        var isFirst = true
        var holds = true
        do throws(TraceError) {
            try elements.feed(head) { element throws(TraceError) in
                guard isFirst else { return }
                isFirst = false
                // An element that is no JSON is left to the reader of traces to point at.
                guard let object = try? JSONValue(parsing: element.bytes) else {
                    return holds = false
                }
                holds = PromptFormat(of: object) != nil
            }
        } catch {
            return !isFirst && holds
        }
        // A list is no trace, and neither is a first line as long as the head.
        return elements.isList == true || (elements.isList == false && holds)
    }

    /// Whether no further conversation is kept.
    private var isFull: Bool {
        guard let limit = options.limit, let library else { return false }
        // Later lines may belong to a session that was begun.
        return sessions.isEmpty && library.conversations.count >= limit
    }

    /// Reads a chunk. O(bytes).
    package mutating func feed(_ chunk: UnsafeRawBufferPointer) throws(TraceError) {
        if case .undecided = cutter { decide(chunk) }
        switch cutter {
        case .undecided: return
        case .objects(var elements):
            // Taken out so that it is changed in place.
            cutter = .undecided
            defer { cutter = .objects(elements) }
            try elements.feed(chunk) { element throws(TraceError) in try read(element) }
        case .head(let held):
            let head = held + chunk
            guard TableHead.isWhole(head) else { return cutter = .head(head) }
            try begin(table: head)
        case .records(var records):
            cutter = .undecided
            defer { cutter = .records(records) }
            try records.feed(chunk) { record throws(TraceError) in try read(record) }
        }
    }

    /// Objects and lists of them begin with their brackets; all else is a prompt a line.
    private mutating func decide(_ chunk: UnsafeRawBufferPointer) {
        if let given = options.encoding {
            encoding = given
        } else {
            let space: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF]
            guard let first = chunk.first(where: { !space.contains($0) }) else { return }
            let isJSON = first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
            encoding = isJSON ? .json : options.column == nil ? .text : .csv
        }
        switch encoding {
        case .json: cutter = .objects(JSONElements())
        case .text: cutter = .records(TextRecords(separator: nil))
        case .csv: cutter = .head([])
        case .tsv: cutter = .records(TextRecords(separator: TableHead.tab))
        }
    }

    private mutating func begin(table head: [UInt8]) throws(TraceError) {
        separator = TableHead.separator(of: head)
        var records = TextRecords(separator: separator)
        try records.feed(head) { record throws(TraceError) in try read(record) }
        cutter = .records(records)
    }

    /// The file has ended: gives what was read.
    package mutating func finish() throws(TraceError) -> PromptLibrary {
        if case .head(let head) = cutter { try begin(table: head) }
        switch cutter {
        case .undecided, .head: break
        case .objects(let elements): try elements.finish()
        case .records(var records):
            try records.finish { record throws(TraceError) in try read(record) }
        }
        if let firstUnusable, leftOut.hasTooManyUnusable(of: entries) { throw firstUnusable }
        guard var library, !library.conversations.isEmpty else {
            throw TraceError(line: 1, column: 1, problem: "the file has no prompts")
        }
        library.leftOut = leftOut
        library.reading = table?.reading(separator) ?? []
        library.orderArrivals()
        if options.time == nil, let firstTimeLine,
            let doubt = TraceTime.doubt(rate: library.meanRate, hasFraction: false)
        {
            throw TraceError(line: firstTimeLine, column: 1, problem: doubt)
        }
        return library
    }

    // MARK: Entries

    private mutating func read(_ element: JSONElements.Element) throws(TraceError) {
        entries += 1
        func error(_ problem: String) -> TraceError {
            TraceError(line: element.line, column: element.column, problem: problem)
        }
        let object: JSONValue
        do throws(JSONSyntaxError) {
            object = try JSONValue(parsing: element.bytes)
        } catch {
            let column = error.line == 1 ? element.column + error.column - 1 : error.column
            return leaveOut(
                .unusable,
                TraceError(
                    line: element.line + error.line - 1, column: column, problem: error.problem))
        }
        if library == nil {
            guard let format = PromptFormat(of: object) else {
                throw error(Self.unknownFormat(object, options))
            }
            library = PromptLibrary(format: format, endpoint: options.endpoint)
        }
        guard let format = library?.format else { return }
        try take(line: element.line, column: element.column) {
            reader throws(PromptFault) in try reader.read(object, format, line: element.line)
        }
    }

    private mutating func read(
        _ object: JSONValue, _ format: PromptFormat, line: Int
    ) throws(PromptFault) {
        switch format {
        case .aiperf: return try readAiperf(object, line: line)
        case .mooncakeText: return try readMooncake(object, line: line)
        // The others have no times of their own; where there are such, they are nobody's otherwise.
        default: entryTimeNs = options.isReplay ? try time(object, "timestamp") : nil
        }
        switch format {
        case .shareGPT: try readShareGPT(object)
        case .openAIBatch: try readBatch(object, line: line)
        case .messages: try readMessages(object, line: line)
        case .prompts: try readPrompt(object, line: line)
        case .text, .csv, .aiperf, .mooncakeText: break
        }
    }

    /// The problem of an object that holds no prompt, as a sentence.
    private static func unknownFormat(_ object: JSONValue, _ options: Options) -> String {
        guard object["input_length"] == nil else {
            return options.isReplay
                ? Trace.listProblem
                : "this is a row of a trace of lengths and no prompt; name the file as a stage's "
                    + "`replay`, or as the `lengths` of a class"
        }
        return "the object is of no known format of prompts: it has none of `conversations`, "
            + "`messages`, `prompt`, `text`, `turns`, `text_input` and `body`"
    }

    /// Reads an entry with `body`: what of it cannot be sent, or is not to be kept, leaves nothing
    /// but its count.
    private mutating func take(
        line: Int, column: Int, _ body: (inout PromptReader) throws(PromptFault) -> Void
    ) throws(TraceError) {
        entryLine = line
        entryTimeNs = nil
        let (extent, bytes, wasFull) = (library?.extent, textBytes, isFull)
        var isLeftOut = false
        do throws(PromptFault) {
            try body(&self)
        } catch {
            isLeftOut = true
            leaveOut(error.reason, TraceError(line: line, column: column, problem: error.problem))
        }
        if isLeftOut || wasFull {
            leftOut[.beyondRequests] += extent.flatMap { library?.cut(to: $0) } ?? 0
            textBytes = bytes
            // A full reader knows no sessions.
            if wasFull { (sessions, lastInstants) = ([:], [:]) }
        }
        try checkSize(line: line, column: column)
    }

    private mutating func read(_ record: TextRecord) throws(TraceError) {
        guard record.fields != [[]] else { return }
        if encoding != .text, table == nil {
            do throws(PromptFault) {
                table = try PromptTable(header: record.fields, wanted: options.column)
            } catch {
                throw TraceError(line: record.line, column: 1, problem: error.problem)
            }
            return
        }
        entries += 1
        if library == nil {
            library = PromptLibrary(
                format: encoding == .text ? .text : .csv, endpoint: options.endpoint)
        }
        let table = table
        try take(line: record.line, column: 1) { reader throws(PromptFault) in
            try reader.readRecord(record, table)
        }
    }

    private func checkSize(line: Int, column: Int) throws(TraceError) {
        guard textBytes <= PromptLibrary.textLimit else {
            throw TraceError(
                line: line, column: column,
                problem:
                    "the prompts up to here are longer than \(PromptLibrary.textLimit >> 20) MiB; "
                    + "split the file, or bound the run by a number of requests")
        }
    }

    private mutating func leaveOut(_ reason: LeftOut.Reason, _ error: TraceError) {
        leftOut[reason] += 1
        if reason == .unusable { firstUnusable = firstUnusable ?? error }
    }

    // MARK: Parts that the formats share

    /// Keeps a text; its message.
    mutating func message(_ role: PromptRole, _ text: String) -> PromptMessage {
        var quoted = JSONValue.string(text).serialized
        quoted.removeLast()
        quoted.removeFirst()
        return keep(quoted, role, bytes: text.utf8.count)
    }

    /// Keeps the members of a body.
    mutating func members(_ members: [JSONMember]) -> PromptMessage {
        var text = JSONValue.object(members).serialized
        text.removeLast()
        text.removeFirst()
        return keep(text, .user, bytes: text.count)
    }

    private mutating func keep(
        _ text: [UInt8], _ role: PromptRole, bytes: Int
    ) -> PromptMessage {
        textBytes += text.count
        let indices = library?.add(text) ?? 0..<0
        return PromptMessage(
            role: role, texts: indices, tokens: PromptEstimate.tokens(bytes: bytes))
    }

    mutating func append(_ conversation: Conversation) {
        var conversation = conversation
        conversation.arrivalNs = conversation.arrivalNs ?? entryTimeNs
        if conversation.arrivalNs == nil, library?.firstLineWithoutTime == nil {
            library?.firstLineWithoutTime = entryLine
        }
        library?.conversations.append(conversation)
    }

    mutating func skip() { leftOut[.unanswered] += 1 }

    mutating func noteWithoutOutput(line: Int) {
        if library?.firstLineWithoutOutput == nil { library?.firstLineWithoutOutput = line }
    }

    /// Appends a turn to the session `id`, or begins one with it.
    mutating func append(
        _ turn: Conversation.Turn, to id: String?, atNs: Int64?
    ) throws(PromptFault) {
        if let id, let index = sessions[id] {
            var turn = turn
            if turn.thinkNs == nil, let atNs {
                turn.thinkNs = max(0, atNs - (lastInstants[index] ?? atNs))
            }
            if let atNs { lastInstants[index] = atNs }
            library?.conversations[index].turns.append(turn)
            return
        }
        let index = library?.conversations.count ?? 0
        if let id { sessions[id] = index }
        if let atNs, id != nil { lastInstants[index] = atNs }
        append(Conversation(arrivalNs: atNs, turns: [turn]))
    }

    /// A time in the file's unit, or a civil one, as ns; at most a century.
    mutating func time(_ object: JSONValue, _ name: String) throws(PromptFault) -> Int64? {
        guard let value = object[name], !value.isNull else { return nil }
        if let text = value.string, let ns = CivilTime.nanoseconds(Array(text.utf8)[...]) {
            return ns
        }
        let unit = options.time ?? .milliseconds
        let ns = (value.double ?? -1) * unit.nanoseconds
        guard ns >= 0, ns <= 3.2e18 else {
            throw PromptFault(problem: "`\(name)` is no time in \(unit.rawValue)")
        }
        if options.isReplay, name == "timestamp", firstTimeLine == nil {
            firstTimeLine = entryLine
        }
        return Int64(ns.rounded())
    }

    var endpoint: Endpoint { options.endpoint }
    var overriddenMembers: Set<String> { options.overriddenMembers }
    var history: PromptHistory { options.history }
}

/// A mistake in an object, without any of its text.
struct PromptFault: Error {
    var problem: String
    var reason = LeftOut.Reason.unusable
}
