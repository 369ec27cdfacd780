import Bytes
import Workload

/// The compact form of planned requests: a byte of flags a request, then a column a field, so that
/// like stands beside like and what can be inferred is not written.
///
/// An index or a session that advances by the same step as the one before, an unchanged stage, a
/// first turn and a prompt of one segment take no bytes beyond the flags; a seed that occurred
/// earlier in the chunk is a reference to it. The columns are followed by what requests of graphs
/// wait for, where there are some: chunks of lines are as they were before there were graphs.
enum PlanColumns {
    /// Bits of a request's flags byte.
    struct Flags: OptionSet {
        let rawValue: UInt8
        static let scored = Flags(rawValue: 1)
        static let scheduled = Flags(rawValue: 2)
        static let thinks = Flags(rawValue: 4)
        static let indexSteps = Flags(rawValue: 8)
        static let sameStage = Flags(rawValue: 16)
        static let sessionSteps = Flags(rawValue: 32)
        static let firstTurn = Flags(rawValue: 64)
        static let onePrompt = Flags(rawValue: 128)
    }

    /// An upper bound of what `request` adds to a chunk, in bytes.
    static func largestEncoding(of request: PlannedRequest) -> Int {
        72 + request.prompt.count * 15 + (request.after?.count ?? 0) * 3
    }

    /// A request's class, and in the two lowest bits whether it names a model and whether its
    /// prompt is made of texts.
    static func classCode(_ request: PlannedRequest) -> UInt64 {
        UInt64(request.classIndex) << 2 | (request.modelIndex == nil ? 0 : 2)
            | (request.usesTexts ? 1 : 0)
    }

    static func encode(_ requests: [PlannedRequest], into writer: inout ByteWriter) {
        writer.varint(UInt64(requests.count))
        let flags = requestFlags(requests)
        for flag in flags { writer.byte(flag.rawValue) }
        var before = Predecessor()
        for (request, flag) in zip(requests, flags) {
            if !flag.contains(.indexSteps) {
                writer.signed(Int64(request.index) - before.index)
            }
            before.index = Int64(request.index)
        }
        for (request, flag) in zip(requests, flags) where !flag.contains(.sameStage) {
            writer.varint(UInt64(request.stage))
        }
        for request in requests {
            writer.varint(classCode(request))
        }
        for request in requests {
            if let model = request.modelIndex { writer.varint(UInt64(model)) }
        }
        for (request, flag) in zip(requests, flags) {
            if !flag.contains(.sessionSteps) {
                writer.signed(Int64(request.session) - before.session)
            }
            before.session = Int64(request.session)
        }
        for (request, flag) in zip(requests, flags) where !flag.contains(.firstTurn) {
            writer.varint(UInt64(request.turn))
        }
        for request in requests {
            guard let scheduled = request.scheduledNs else { continue }
            writer.signed(scheduled &- before.scheduled)
            before.scheduled = scheduled
        }
        for request in requests where request.thinkNs != 0 { writer.signed(request.thinkNs) }
        for request in requests { writer.varint(UInt64(request.inputTokens)) }
        for request in requests { writer.varint(UInt64(request.outputTokens)) }
        encodePrompts(requests, flags, into: &writer)
        encodeGraphs(requests, into: &writer)
    }

    /// The values of the request before, which deltas are taken against.
    private struct Predecessor {
        var index: Int64 = -1
        var session: Int64 = -1
        var scheduled: Int64 = 0
    }

    private static func requestFlags(_ requests: [PlannedRequest]) -> [Flags] {
        var index: Int64 = -1
        var indexStep: Int64 = 1
        var session: Int64 = -1
        var sessionStep: Int64 = 1
        var stage: UInt16 = 0
        return requests.map { request in
            var flags: Flags = []
            if request.phase == .scored { flags.insert(.scored) }
            if request.scheduledNs != nil { flags.insert(.scheduled) }
            if request.thinkNs != 0 { flags.insert(.thinks) }
            if Int64(request.index) - index == indexStep { flags.insert(.indexSteps) }
            if request.stage == stage { flags.insert(.sameStage) }
            if Int64(request.session) - session == sessionStep { flags.insert(.sessionSteps) }
            if request.turn == 0 { flags.insert(.firstTurn) }
            if request.prompt.count == 1, request.prompt[0].tokens == request.inputTokens {
                flags.insert(.onePrompt)
            }
            indexStep = Int64(request.index) - index
            index = Int64(request.index)
            sessionStep = Int64(request.session) - session
            session = Int64(request.session)
            stage = request.stage
            return flags
        }
    }

    private static func encodePrompts(
        _ requests: [PlannedRequest], _ flags: [Flags], into writer: inout ByteWriter
    ) {
        var numbers: [UInt64: UInt64] = [:]
        func encodeSeed(_ seed: UInt64, into writer: inout ByteWriter) {
            if let number = numbers[seed] {
                writer.varint(number)
            } else {
                writer.byte(0)
                writer.fixed(seed)
                numbers[seed] = UInt64(numbers.count + 1)
            }
        }
        for (request, flag) in zip(requests, flags) {
            if flag.contains(.onePrompt) {
                encodeSeed(request.prompt[0].seed, into: &writer)
                continue
            }
            precondition(
                request.prompt.count <= WireLimits.promptSegments,
                "a prompt has at most \(WireLimits.promptSegments) segments")
            writer.varint(UInt64(request.prompt.count))
            for segment in request.prompt {
                encodeSeed(segment.seed, into: &writer)
                writer.varint(UInt64(segment.tokens))
            }
        }
    }
}
