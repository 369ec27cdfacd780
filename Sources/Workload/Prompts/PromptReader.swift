import JSON

/// Reads a file of prompts from chunks of bytes, cut anywhere: memory is one object beside what is
/// kept of the texts.
///
/// No error holds any text of a prompt. After an error the reader must not be fed again.
package struct PromptReader {
    /// What a run needs to know of prompts before it reads them.
    package struct Options: Hashable, Sendable {
        package var endpoint: Endpoint
        /// Members of a body that the scenario sets itself and that the file's give way to.
        package var overriddenMembers: Set<String> = []
        /// Conversations beyond so many are not read; nil reads all.
        package var limit: Int?

        package init(endpoint: Endpoint) { self.endpoint = endpoint }
    }

    private let options: Options
    private var elements = JSONElements()
    private var library: PromptLibrary?
    private var textBytes = 0
    /// Where the conversation of a `session_id` stands.
    private var sessions: [String: Int] = [:]
    /// When the last turn of a session was due, by the file; ns.
    private var lastInstants: [Int: Int64] = [:]
    private var firstInstant: Int64?

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
                // What is no JSON is left to the reader of traces to point at.
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

    /// Whether no more of the file is needed.
    package var isFull: Bool {
        guard let limit = options.limit, let library else { return false }
        // Later lines may belong to a session that was begun.
        return sessions.isEmpty && library.conversations.count >= limit
    }

    /// Reads a chunk. O(bytes).
    package mutating func feed(_ chunk: UnsafeRawBufferPointer) throws(TraceError) {
        var cutter = elements
        defer { elements = cutter }
        try cutter.feed(chunk) { element throws(TraceError) in try read(element) }
    }

    /// The file has ended, or no more of it is needed: gives what was read.
    package mutating func finish() throws(TraceError) -> PromptLibrary {
        if !isFull { try elements.finish() }
        guard let library, !library.conversations.isEmpty else {
            throw TraceError(line: 1, column: 1, problem: "the file has no prompts")
        }
        return library
    }

    private mutating func read(_ element: JSONElements.Element) throws(TraceError) {
        guard !isFull else { return }
        func error(_ problem: String) -> TraceError {
            TraceError(line: element.line, column: element.column, problem: problem)
        }
        let object: JSONValue
        do throws(JSONSyntaxError) {
            object = try JSONValue(parsing: element.bytes)
        } catch {
            let column = error.line == 1 ? element.column + error.column - 1 : error.column
            throw TraceError(
                line: element.line + error.line - 1, column: column, problem: error.problem)
        }
        if library == nil {
            guard let format = PromptFormat(of: object) else {
                throw error(
                    "the object is of no known format of prompts (sharegpt, openai, aiperf, "
                        + "mooncake with text_input)")
            }
            library = PromptLibrary(format: format, endpoint: options.endpoint)
        }
        guard let format = library?.format else { return }
        do throws(PromptFault) {
            switch format {
            case .shareGPT: try readShareGPT(object)
            case .openAIBatch: try readBatch(object, line: element.line)
            case .aiperf: try readAiperf(object, line: element.line)
            case .mooncakeText: try readMooncake(object, line: element.line)
            }
        } catch {
            throw TraceError(
                line: element.line, column: element.column, problem: error.problem)
        }
        guard textBytes <= PromptLibrary.textLimit else {
            throw error(
                "the prompts up to here are longer than \(PromptLibrary.textLimit >> 20) MiB; "
                    + "split the file, or bound the run by a number of requests")
        }
    }

    // MARK: What the formats share

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
        let places = library?.add(text) ?? 0..<0
        return PromptMessage(
            role: role, texts: places, tokens: PromptEstimate.tokens(bytes: bytes))
    }

    mutating func append(_ conversation: Conversation) {
        library?.conversations.append(conversation)
    }

    mutating func skip() { library?.skipped += 1 }

    mutating func noteWithoutOutput(line: Int) {
        if library?.firstLineWithoutOutput == nil { library?.firstLineWithoutOutput = line }
    }

    /// Appends a turn to the session `id`, or begins one with it.
    mutating func append(
        _ turn: Conversation.Turn, to id: String?, atNs: Int64?
    ) throws(PromptFault) {
        if let id, let place = sessions[id] {
            var turn = turn
            if turn.thinkNs == nil, let atNs {
                turn.thinkNs = max(0, atNs - (lastInstants[place] ?? atNs))
            }
            if let atNs { lastInstants[place] = atNs }
            library?.conversations[place].turns.append(turn)
            return
        }
        let place = library?.conversations.count ?? 0
        if let id { sessions[id] = place }
        if let atNs, id != nil { lastInstants[place] = atNs }
        append(Conversation(arrivalNs: arrival(atNs), turns: [turn]))
    }

    /// Counts an instant of the file from the first one.
    mutating func arrival(_ atNs: Int64?) -> Int64? {
        guard let atNs else { return nil }
        let first = firstInstant ?? atNs
        firstInstant = first
        return atNs - first
    }

    var endpoint: Endpoint { options.endpoint }
    var overriddenMembers: Set<String> { options.overriddenMembers }
}

/// What is wrong with an object, without any of its text.
struct PromptFault: Error {
    var problem: String
}
