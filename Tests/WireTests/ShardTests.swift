import Bytes
import Randomness
import Testing
import Wire
import Workload

@Suite struct ShardTests {
    /// A shard of an open loop as `agents` agents share it: sessions of one to three turns.
    private func shard(_ count: Int, agents: UInt32, seed: UInt64) -> [PlannedRequest] {
        var generator = SplitMix64(seed: seed)
        var requests: [PlannedRequest] = []
        var now: Int64 = 0
        var session: UInt32 = 0
        while requests.count < count {
            now += Int64.random(in: 1...20_000_000, using: &generator)
            let seed = generator.next()
            var input: UInt32 = 0
            for turn in 0..<UInt16.random(in: 1...3, using: &generator) {
                input += UInt32.random(in: 1...2_000, using: &generator)
                requests.append(
                    PlannedRequest(
                        index: UInt32(requests.count) * agents, phase: .scored, stage: 0,
                        classIndex: UInt16.random(in: 0...1, using: &generator), session: session,
                        turn: turn, scheduledNs: turn == 0 ? now : nil,
                        thinkNs: turn == 0 ? 0 : Int64.random(in: 1...9_000_000, using: &generator),
                        inputTokens: input,
                        outputTokens: UInt32.random(in: 1...800, using: &generator),
                        prompt: [PromptSegment(seed: seed, tokens: input)]))
            }
            session += agents
        }
        return requests
    }

    private func roundTrip(_ chunk: ShardChunk) throws -> ShardChunk {
        let payload = Message.shardChunk(chunk).encodedPayload()
        let kind = MessageKind.shardChunk.rawValue
        guard
            case .shardChunk(let back) = try Message(
                kind: kind, payload: payload, from: .coordinator)
        else { throw DecodeError("message kind", at: 0, .unknownCode(0)) }
        return back
    }

    @Test(arguments: [1, 2, 7] as [UInt32], [1, 2, 3] as [UInt64])
    func chunksRebuildTheShard(_ agents: UInt32, _ seed: UInt64) throws {
        let requests = shard(25_000, agents: agents, seed: seed)
        var sender = ShardHasher()
        var receiver = ShardHasher()
        var rebuilt: [PlannedRequest] = []
        sender.add(requests)
        for chunk in ShardChunks(requests) {
            #expect(Int(chunk.firstOrdinal) == rebuilt.count)
            let payload = Message.shardChunk(chunk).encodedPayload()
            #expect(payload.count <= WireLimits.framePayload)
            let back = try roundTrip(chunk)
            receiver.add(back.requests)
            rebuilt += back.requests
        }
        #expect(rebuilt == requests)
        #expect(sender.digest == receiver.digest)
    }

    @Test func aRequestIsSmall() {
        let requests = shard(20_000, agents: 2, seed: 4)
        let bytes = ShardChunks(requests).reduce(0) {
            $0 + Message.shardChunk($1).encodedPayload().count
        }
        let each = Double(bytes) / Double(requests.count)
        print("shard: \(each) bytes a request before deflation")
        #expect(each < 18)
    }

    @Test func noRequestsAreNoChunks() { #expect(Array(ShardChunks([])).isEmpty) }

    @Test func chunksOfTheLargestPromptsStillFitAFrame() throws {
        var generator = SplitMix64(seed: 11)
        let requests = (0..<40 as Range<UInt32>).map { index in
            PlannedRequest(
                index: index, phase: .scored, stage: 0, classIndex: 0, session: index, turn: 0,
                scheduledNs: nil, thinkNs: 0, inputTokens: .max, outputTokens: 1,
                prompt: (0..<WireLimits.promptSegments).map { _ in
                    PromptSegment(seed: generator.next(), tokens: .max)
                })
        }
        for chunk in ShardChunks(requests) {
            #expect(
                Message.shardChunk(chunk).encodedPayload().count <= WireLimits.framePayload)
            #expect(try roundTrip(chunk) == chunk)
        }
    }

    @Test func modelsAreThoseThatAPlanMayName() throws {
        func chunk(_ modelIndex: Int) -> ShardChunk {
            var request = MessageSamples.requests[0]
            request.modelIndex = UInt16(modelIndex)
            return ShardChunk(firstOrdinal: 0, requests: [request])
        }
        let last = chunk(WorkloadPlan.modelLimit - 1)
        #expect(try roundTrip(last) == last)
        #expect(throws: DecodeError.self) { try roundTrip(chunk(WorkloadPlan.modelLimit)) }
    }

    /// Sessions of five: two begin, two follow, the last waits for all.
    private var graphs: [PlannedRequest] {
        (0..<400 as Range<UInt32>).map { index in
            let turn = UInt16(index % 5)
            return PlannedRequest(
                index: index, phase: .scored, stage: 0, classIndex: 0, session: index / 5,
                turn: turn, scheduledNs: nil, thinkNs: 0,
                after: [nil, [], [0], [0, 1], [0, 1, 2, 3]][Int(turn)], inputTokens: 9,
                outputTokens: 1, prompt: [PromptSegment(seed: UInt64(index), tokens: 9)],
                sharedSegments: index % 7 == 0 ? 1 : 0)
        }
    }

    @Test func graphsTravelWhole() throws {
        let chunk = ShardChunk(firstOrdinal: 0, requests: graphs)
        #expect(try roundTrip(chunk) == chunk)
        // Four requests of five have a row: their distance, their segments, and what they wait for.
        let bytes = Message.shardChunk(chunk).encodedPayload().count
        var lines = chunk
        for index in lines.requests.indices {
            lines.requests[index].after = nil
            lines.requests[index].sharedSegments = 0
        }
        let added = bytes - Message.shardChunk(lines).encodedPayload().count
        #expect(added < 6 * chunk.requests.count)
    }

    @Test("A chunk that ends behind its columns is one of lines, as former builds wrote all")
    func formerChunks() throws {
        let lines = ShardChunk(firstOrdinal: 0, requests: shard(100, agents: 1, seed: 5))
        var withGraph = lines
        withGraph.requests[99].after = []
        let former = Message.shardChunk(lines).encodedPayload()
        let payload = Message.shardChunk(withGraph).encodedPayload()
        #expect(payload.starts(with: former) && payload.count == former.count + 4)
        #expect(try roundTrip(lines) == lines && roundTrip(withGraph) == withGraph)
    }

    @Test func graphsThatCannotBeAreRefused() throws {
        let line = ShardChunk(
            firstOrdinal: 0, requests: Array(MessageSamples.requests.prefix(1)))
        let turn = line.requests[0].turn
        let bytes = Message.shardChunk(line).encodedPayload()
        func decode(_ more: [UInt8]) throws -> Message {
            try Message(
                kind: MessageKind.shardChunk.rawValue, payload: bytes + more, from: .coordinator)
        }
        // Rows, the row, its segments, parents and one, each parent.
        _ = try decode([1, 0, 0, 1])
        for bad in [
            [0], [2, 0, 0, 1, 0, 0, 1], [1, 1, 0, 1], [1, 0, 0, UInt8(turn) + 2],
            [1, 0, 0, 2, UInt8(turn)], [1, 0, 0, 1, 0], [1, 0, 0],
        ] as [[UInt8]] {
            #expect(throws: DecodeError.self) { try decode(bad) }
        }
    }

    @Test func everyFieldAndTheOrderCountInTheHash() {
        let base = MessageSamples.requests
        var digests: Set<ShardDigest> = []
        func note(_ requests: [PlannedRequest]) {
            var hasher = ShardHasher()
            hasher.add(requests)
            digests.insert(hasher.digest)
        }
        note(base)
        note(base.reversed())
        note(Array(base.dropLast()))
        let changes: [(inout PlannedRequest) -> Void] = [
            { $0.index += 1 }, { $0.phase = .scored }, { $0.stage += 1 }, { $0.classIndex += 1 },
            { $0.session += 1 }, { $0.turn += 1 }, { $0.scheduledNs = nil },
            { $0.scheduledNs = 0 }, { $0.thinkNs += 1 }, { $0.inputTokens += 1 },
            { $0.outputTokens += 1 }, { $0.prompt = [] }, { $0.prompt[0].seed += 1 },
            { $0.prompt[0].tokens += 1 }, { $0.modelIndex = 0 }, { $0.modelIndex = 1 },
            { $0.after = [] }, { $0.after = [0] }, { $0.after = [1] }, { $0.after = [0, 1] },
            { $0.sharedSegments = 1 },
        ]
        for change in changes {
            var changed = base
            change(&changed[0])
            note(changed)
        }
        #expect(digests.count == 3 + changes.count)
    }

    @Test func aCountWithoutBytesIsRefused() {
        var writer = ByteWriter()
        writer.varint(0)
        writer.varint(10_000_000)
        writer.raw([UInt8](repeating: 0, count: 100))
        #expect(throws: DecodeError("planned request count", at: 1, .truncated)) {
            try Message(
                kind: MessageKind.shardChunk.rawValue, payload: writer.bytes, from: .coordinator)
        }
    }

    @Test func textsTravelInMessagesThatFitAFrame() throws {
        let entries = (0..<40 as Range<UInt32>).map { index in
            PromptTexts.Entry(
                index: index * 3, bytes: Array(repeating: UInt8(index), count: Int(index) * 6_500))
        }
        let chunks = PromptTexts.chunks(entries)
        #expect(chunks.count > 4 && chunks.flatMap(\.entries) == entries)
        for chunk in chunks {
            let payload = Message.promptTexts(chunk).encodedPayload()
            #expect(payload.count <= WireLimits.chunk)
            let kind = MessageKind.promptTexts.rawValue
            let back = try Message(kind: kind, payload: payload, from: .coordinator)
            #expect(back == .promptTexts(chunk))
        }
    }
}
