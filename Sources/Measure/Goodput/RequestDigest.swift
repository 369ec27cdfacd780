/// All that is kept of a scored request of a run, whatever its length: its figures, its group, and
/// what its score would be by another clock. 64 bytes.
package struct RequestDigest: Hashable, Sendable {
    /// n.
    package let tokens: Int
    /// t_0 and t_(n−1) in ns after `scheduled`, where there are tokens.
    package let firstToken: Int64
    package let lastToken: Int64
    /// t_0 − sent, if ``Marks/sent`` is set.
    private let sinceSent: Int64
    /// The greatest of t_i − d_i over the tokens after those at the deadlines' origin, and under
    /// `waiting` of `finish` − d_n, ns: negative where the reader never waited, the least number
    /// where nothing could be late.
    package let lateness: Int64
    /// l for the reader beside the request's own, ns.
    package let idleBeside: Int64
    /// Gaps between its events that are longer than 0; 0 for an answer that did not stream.
    package let gaps: UInt32
    private let cellNumber: UInt32
    /// Tokens of thought, at most 2^32 − 1.
    private let thoughts: UInt32
    package let outcome: RequestOutcome
    private var marks: Marks

    private struct Marks: OptionSet, Hashable {
        let rawValue: UInt8
        static let streamed = Marks(rawValue: 1)
        static let sent = Marks(rawValue: 1 << 1)
        static let slo = Marks(rawValue: 1 << 2)
        static let classic = Marks(rawValue: 1 << 3)
        static let sloBeside = Marks(rawValue: 1 << 4)
        static let classicBeside = Marks(rawValue: 1 << 5)
        static let readsAnswer = Marks(rawValue: 1 << 6)
        static let readsAnswerBeside = Marks(rawValue: 1 << 7)
    }

    init(
        _ request: RequestTimes, cell: Int, shape: StreamShape,
        own: (ending: Ending, parameters: ScoringParameters),
        beside: (ending: Ending, parameters: ScoringParameters), sinceSent: Int64?
    ) {
        outcome = request.outcome
        tokens = shape.tokens
        thoughts = min(request.thoughts, UInt32(clamping: shape.tokens))
        firstToken = shape.firstToken
        lastToken = shape.lastToken
        gaps = request.isStreamed ? UInt32(shape.gaps) : 0
        cellNumber = UInt32(cell)
        lateness = own.ending.lateness
        idleBeside = beside.ending.idle
        self.sinceSent = sinceSent ?? 0
        marks = .streamed
        if sinceSent != nil { marks.insert(.sent) }
        if own.parameters.reads == .answer { marks.insert(.readsAnswer) }
        if beside.parameters.reads == .answer { marks.insert(.readsAnswerBeside) }
        let met = shape.meets(
            own.parameters.objectives, outcome: request.outcome, idle: own.ending.idle,
            read: read)
        if met.slo { marks.insert(.slo) }
        if met.classic { marks.insert(.classic) }
        let metBeside = shape.meets(
            beside.parameters.objectives, outcome: request.outcome, idle: beside.ending.idle,
            read: readBeside)
        if metBeside.slo { marks.insert(.sloBeside) }
        if metBeside.classic { marks.insert(.classicBeside) }
        if !request.isStreamed {
            forgetStream(own.parameters.objectives, beside: beside.parameters.objectives)
        }
    }

    /// The cell that its gaps were counted in, and its group: an index of ``RunScores/groups``.
    package var cell: Int { Int(cellNumber) }
    /// Tokens that its reader reads, and those that the reader beside does.
    package var read: Int { tokens - (marks.contains(.readsAnswer) ? Int(thoughts) : 0) }
    var readBeside: Int { tokens - (marks.contains(.readsAnswerBeside) ? Int(thoughts) : 0) }
    package var isStreamed: Bool { marks.contains(.streamed) }
    package var sloMet: Bool { marks.contains(.slo) }
    package var classicMet: Bool { marks.contains(.classic) }
    var sloMetBeside: Bool { marks.contains(.sloBeside) }
    var classicMetBeside: Bool { marks.contains(.classicBeside) }
    /// l, ns.
    package var idle: Int64 { max(0, lateness) }

    /// t_0 − scheduled, ns; nil without tokens and for an answer that did not stream, as are the
    /// next two.
    package var ttft: Int64? { isStreamed && tokens > 0 ? firstToken : nil }
    /// t_0 − sent, ns.
    package var ttftSent: Int64? { isStreamed && marks.contains(.sent) ? sinceSent : nil }
    /// (t_(n−1) − t_0)/(n − 1), ns; nil below two tokens.
    var tpot: Double? {
        isStreamed && tokens > 1 ? Double(lastToken - firstToken) / Double(tokens - 1) : nil
    }
    /// t_(n−1) − scheduled, ns; nil without tokens.
    var e2e: Int64? { tokens > 0 ? lastToken : nil }

    /// The benefit for `reader`, whom it was scored for.
    package func benefit(for reader: Reader) -> Double {
        reader.benefit(tokens: reader.earning(read, after: outcome), idle: idle)
    }

    /// The benefit for the reader beside.
    package func benefitBeside(for reader: Reader) -> Double {
        reader.benefit(tokens: reader.earning(readBeside, after: outcome), idle: idleBeside)
    }

    /// Takes back what the answer, which did not stream, says of its tokens'
    /// instants but for the last.
    mutating func forgetStream(_ own: Objectives, beside: Objectives) {
        marks.remove(.streamed)
        if !own.withoutStream.slo { marks.remove(.slo) }
        if !own.withoutStream.classic { marks.remove(.classic) }
        if !beside.withoutStream.slo { marks.remove(.sloBeside) }
        if !beside.withoutStream.classic { marks.remove(.classicBeside) }
    }
}

extension RequestDigest {
    /// The digests of `requests`, all of one cell.
    ///
    /// - Throws: ``ScoringError/request(id:defect:)`` for times that cannot be, or a benefit that a
    ///   double cannot hold.
    /// - Complexity: O(events).
    package static func all(
        of requests: some Collection<RequestTimes>, for reader: Reader, beside: Reader
    ) throws(ScoringError) -> [RequestDigest] {
        var gaps: [Int64] = []
        var earnings: [RequestPass.Earning] = []
        var digests: [RequestDigest] = []
        digests.reserveCapacity(requests.count)
        for request in requests {
            let score = try RequestPass.scored(
                request, for: reader, beside: beside, gaps: &gaps, earnings: &earnings)
            digests.append(
                RequestDigest(
                    request, cell: 0, shape: score.pass.shape,
                    own: (score.own, reader.parameters), beside: (score.beside, beside.parameters),
                    sinceSent: nil))
        }
        return digests
    }
}
