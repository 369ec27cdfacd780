/// The prompts of a file: what people said, in the order in which they said it.
package struct PromptLibrary: Hashable, Sendable {
    package var format: PromptFormat
    /// The file that it was read from, for people.
    package var file = ""
    /// Pieces of request bodies, JSON as it is sent; conversations name them by their index here.
    package var texts: [[UInt8]] = []
    package var conversations: [Conversation] = []
    /// The frame that every prompt is put together with.
    package var frame: PromptFrame
    /// The line, from 1, of the first prompt that brings no answer length; nil where all do.
    package var firstLineWithoutOutput: Int?
    /// The line, from 1, of the first conversation without a time; nil where all have one.
    package var firstLineWithoutTime: Int?
    /// Conversations of the file that are not sent.
    package var leftOut = LeftOut()
    /// How it was read where the file does not say it itself, such as the column of its prompts.
    package var reading: [String] = []

    /// Longest piece, in bytes: what is longer is several.
    package static let pieceBytes = 256 << 10
    /// Most bytes of texts, over all files of a scenario.
    package static let textLimit = 512 << 20

    package init(format: PromptFormat, endpoint: Endpoint) {
        self.format = format
        frame = PromptFrame(endpoint)
    }

    /// The conversations as rows of a trace, with estimated lengths of their first turns.
    package var rows: [TraceRow] {
        conversations.enumerated().map { index, conversation in
            let first = conversation.turns[0]
            let said: [PromptMessage] =
                switch first.content {
                case .messages(let messages): messages
                case .members(let whole): [whole]
                }
            return TraceRow(
                arrivalNs: conversation.arrivalNs,
                input: UInt32(clamping: said.reduce(UInt64(0)) { $0 + UInt64($1.tokens) }),
                output: first.outputTokens ?? 1, conversation: UInt32(index))
        }
    }

    /// Counts arrivals from the earliest.
    mutating func orderArrivals() {
        guard let origin = conversations.compactMap(\.arrivalNs).min() else { return }
        for index in conversations.indices {
            conversations[index].arrivalNs = conversations[index].arrivalNs.map { $0 - origin }
        }
    }

    /// Mean arrivals per second; nil with fewer than two instants.
    var meanRate: Double? {
        let instants = conversations.compactMap(\.arrivalNs)
        guard let first = instants.min(), let last = instants.max(), last > first else {
            return nil
        }
        return Double(instants.count - 1) / (Double(last - first) / 1e9)
    }

    /// How much of a library there is.
    struct Extent {
        fileprivate var texts: Int
        fileprivate var conversations: Int
        fileprivate var firstLineWithoutOutput: Int?
        fileprivate var firstLineWithoutTime: Int?
    }

    var extent: Extent {
        Extent(
            texts: texts.count, conversations: conversations.count,
            firstLineWithoutOutput: firstLineWithoutOutput,
            firstLineWithoutTime: firstLineWithoutTime)
    }

    /// Goes back to what there was; gives how many conversations that drops.
    mutating func cut(to extent: Extent) -> Int {
        let dropped = conversations.count - extent.conversations
        texts.removeLast(texts.count - extent.texts)
        conversations.removeLast(dropped)
        firstLineWithoutOutput = extent.firstLineWithoutOutput
        firstLineWithoutTime = extent.firstLineWithoutTime
        return dropped
    }

    /// Bytes of all texts.
    package var textBytes: Int { texts.reduce(0) { $0 + $1.count } }

    /// Adds a text, JSON as it is sent; gives the indices of its pieces. At least one.
    mutating func add(_ text: [UInt8]) -> Range<UInt32> {
        let first = UInt32(texts.count)
        var begin = 0
        repeat {
            let end = min(begin + Self.pieceBytes, text.count)
            texts.append(Array(text[begin..<end]))
            begin = end
        } while begin < text.count
        return first..<UInt32(texts.count)
    }
}

/// A session of a prompt file.
package struct Conversation: Hashable, Sendable {
    /// One request of it.
    package struct Turn: Hashable, Sendable {
        package enum Content: Hashable, Sendable {
            /// The messages that this turn adds to those before it.
            case messages([PromptMessage])
            /// The whole of a body's members, as the file wrote them.
            case members(PromptMessage)
        }

        package var content: Content
        /// Tokens of the answer: stated by the file, or estimated from the recorded answer; nil
        /// where the file says nothing.
        package var outputTokens: UInt32?
        /// Time between the end of the turn before and this one; nil where the file says nothing.
        package var thinkNs: Int64?
    }

    /// Ns after the file's earliest arrival; nil where the file has no times.
    package var arrivalNs: Int64?
    /// At least one.
    package var turns: [Turn]
}

/// One text of a conversation.
package struct PromptMessage: Hashable, Sendable {
    /// `user`, `assistant` or `system`: who says it.
    package var role: PromptRole
    /// Its pieces in the library; none for an answer of the server's.
    package var texts: Range<UInt32>
    /// The turn that the server answered with it; nil for a text of the file.
    package var answeredTurn: UInt16?
    /// Estimated tokens: ``PromptEstimate``.
    package var tokens: UInt32
}

/// The speaker of a message.
package enum PromptRole: String, Hashable, Sendable, CaseIterable {
    case system, user, assistant
}

/// How long a text is in tokens where no tokenizer is at hand.
package enum PromptEstimate {
    /// Bytes of UTF-8 a token: about what English takes with the vocabularies in use.
    package static let bytesPerToken = 4

    /// At least 1.
    package static func tokens(bytes: Int) -> UInt32 {
        UInt32(clamping: max(1, (bytes + bytesPerToken - 1) / bytesPerToken))
    }
}

/// The JSON around the texts of a prompt, as pieces of its own.
package struct PromptFrame: Hashable, Sendable {
    package var endpoint: Endpoint
    /// The pieces; their indices follow those of the library's texts.
    package let pieces: [[UInt8]]

    private enum Piece {
        static let separator = 0, open = 1, close = 2
    }

    package init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
        switch endpoint {
        case .completions:
            pieces = [#"\n\n"#, #""prompt":""#, #"""#].map { Array($0.utf8) }
        case .chat:
            let roles = PromptRole.allCases.map(\.rawValue)
            let first = roles.map { #""messages":[{"role":"\#($0)","content":""# }
            let next = roles.map { #""},{"role":"\#($0)","content":""# }
            pieces = ([#"\n\n"#] + first + next + [#""}]"#]).map { Array($0.utf8) }
        }
    }

    /// The pieces of a prompt of `messages`, at least one: messages of one role after the other are
    /// one message of paragraphs, since chat templates want the roles to alternate.
    func prompt(
        of messages: [PromptMessage], textBase: UInt64, frameBase: UInt64
    ) -> [PromptSegment] {
        var segments: [PromptSegment] = []
        func add(_ piece: Int) {
            segments.append(PromptSegment(seed: frameBase + UInt64(piece), tokens: 0))
        }
        let roles = PromptRole.allCases
        var role: PromptRole?
        for message in messages {
            switch (endpoint, role) {
            case (.completions, nil): add(Piece.open)
            case (.completions, _): add(Piece.separator)
            case (.chat, message.role): add(Piece.separator)
            case (.chat, let before):
                let index = roles.firstIndex(of: message.role) ?? 0
                add(1 + index + (before == nil ? 0 : roles.count))
            }
            role = message.role
            segments += Self.segments(of: message, textBase: textBase)
        }
        add(endpoint == .completions ? Piece.close : 1 + 2 * roles.count)
        return segments
    }

    /// The pieces of one text; its tokens stand at the first.
    static func segments(of message: PromptMessage, textBase: UInt64) -> [PromptSegment] {
        if let turn = message.answeredTurn {
            return [.answer(toTurn: turn, tokens: message.tokens)]
        }
        return message.texts.map { index in
            PromptSegment(
                seed: textBase + UInt64(index),
                tokens: index == message.texts.lowerBound ? message.tokens : 0)
        }
    }
}
