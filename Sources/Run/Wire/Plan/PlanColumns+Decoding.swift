import Bytes
import Workload

extension PlanColumns {
    /// Decodes what `encode` wrote. A request takes at least four bytes (flags, class, both
    /// lengths), so room is never made for more requests than a quarter of the bytes.
    static func decode(from reader: inout ByteReader) throws(DecodeError) -> [PlannedRequest] {
        let count = try reader.count(
            "planned request count", limit: WireLimits.requests, bytesEach: 4)
        let flags = try reader.raw("planned request flags", count: count).map(Flags.init(rawValue:))
        let indices = try steps("planned index", flags, same: .indexSteps, from: &reader)
        var stages: [UInt16] = []
        stages.reserveCapacity(count)
        for flag in flags {
            stages.append(
                flag.contains(.sameStage)
                    ? stages.last ?? 0 : try reader.number("planned stage"))
        }
        // As ``classCode(_:)`` has them.
        var classes: [UInt32] = []
        classes.reserveCapacity(count)
        for _ in flags {
            let most = UInt64(UInt16.max) << 2 | 3
            classes.append(UInt32(try reader.varint("planned class", limit: most)))
        }
        var models: [UInt16?] = []
        models.reserveCapacity(count)
        for code in classes {
            models.append(
                code & 2 == 0
                    ? nil
                    : UInt16(
                        try reader.varint(
                            "planned model", limit: UInt64(WorkloadPlan.modelLimit - 1))))
        }
        let sessions = try steps("planned session", flags, same: .sessionSteps, from: &reader)
        var turns: [UInt16] = []
        turns.reserveCapacity(count)
        for flag in flags {
            turns.append(flag.contains(.firstTurn) ? 0 : try reader.number("planned turn"))
        }
        var schedule: [Int64?] = []
        schedule.reserveCapacity(count)
        var before: Int64 = 0
        for flag in flags {
            guard flag.contains(.scheduled) else {
                schedule.append(nil)
                continue
            }
            before &+= try reader.signed("planned schedule")
            schedule.append(before)
        }
        var thinkTimes: [Int64] = []
        thinkTimes.reserveCapacity(count)
        for flag in flags {
            thinkTimes.append(flag.contains(.thinks) ? try reader.signed("planned think") : 0)
        }
        var inputs: [UInt32] = []
        inputs.reserveCapacity(count)
        for _ in flags { inputs.append(try reader.number("planned input")) }
        var outputs: [UInt32] = []
        outputs.reserveCapacity(count)
        for _ in flags { outputs.append(try reader.number("planned output")) }

        var seeds = SeedTable()
        var requests: [PlannedRequest] = []
        requests.reserveCapacity(count)
        for row in 0..<count {
            let prompt = try prompt(
                isOne: flags[row].contains(.onePrompt), input: inputs[row], &seeds,
                from: &reader)
            requests.append(
                PlannedRequest(
                    index: indices[row],
                    phase: flags[row].contains(.scored) ? .scored : .warmup,
                    stage: stages[row], classIndex: UInt16(classes[row] >> 2),
                    session: sessions[row],
                    turn: turns[row], scheduledNs: schedule[row], thinkNs: thinkTimes[row],
                    inputTokens: inputs[row], outputTokens: outputs[row], prompt: prompt,
                    usesTexts: classes[row] & 1 == 1,
                    modelIndex: models[row]))
        }
        // Chunks of before graphs, and those without any, end here.
        if reader.remaining > 0 { try decodeGraphs(into: &requests, from: &reader) }
        return requests
    }

    /// A column of numbers, each the one before plus a step.
    private static func steps(
        _ field: StaticString, _ flags: [Flags], same: Flags, from reader: inout ByteReader
    ) throws(DecodeError) -> [UInt32] {
        var values: [UInt32] = []
        values.reserveCapacity(flags.count)
        var value: Int64 = -1
        var step: Int64 = 1
        for flag in flags {
            if !flag.contains(same) { step = try reader.signed(field) }
            let (next, overflow) = value.addingReportingOverflow(step)
            guard !overflow, let fitting = UInt32(exactly: next) else {
                throw reader.error(field, back: 0, .contradiction("the steps leave 0 to 2^32 - 1"))
            }
            value = next
            values.append(fitting)
        }
        return values
    }

    /// The seeds that occurred, in the order of their first occurrence.
    private struct SeedTable {
        private var seeds: [UInt64] = []

        mutating func next(from reader: inout ByteReader) throws(DecodeError) -> UInt64 {
            let number = try reader.varint("prompt seed", limit: UInt64(seeds.count))
            if number > 0 { return seeds[Int(number) - 1] }
            let seed: UInt64 = try reader.fixed("prompt seed")
            seeds.append(seed)
            return seed
        }
    }

    private static func prompt(
        isOne: Bool, input: UInt32, _ seeds: inout SeedTable, from reader: inout ByteReader
    ) throws(DecodeError) -> [PromptSegment] {
        if isOne {
            return [PromptSegment(seed: try seeds.next(from: &reader), tokens: input)]
        }
        let count = try reader.count(
            "prompt segment count", limit: WireLimits.promptSegments, bytesEach: 2)
        var segments: [PromptSegment] = []
        segments.reserveCapacity(count)
        for _ in 0..<count {
            let seed = try seeds.next(from: &reader)
            segments.append(
                PromptSegment(seed: seed, tokens: try reader.number("prompt tokens")))
        }
        return segments
    }
}
