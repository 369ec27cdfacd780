import TimeBase
import Wire
import Workload

extension AgentMachine {
    /// The parts of configuration and shard that have arrived.
    struct Loading {
        var configuration: RunConfiguration?
        var requests: [PlannedRequest] = []
        var texts: [UInt32: [UInt8]] = [:]
        var textBytes = 0
        var hasher = ShardHasher()
    }

    mutating func loaded(_ texts: PromptTexts, into held: Loading) -> [AgentAction] {
        var loading = held
        loading.textBytes += texts.entries.reduce(0) { $0 + $1.bytes.count }
        guard loading.configuration != nil, loading.requests.isEmpty,
            loading.textBytes <= WireLimits.texts
        else { return violated("texts of prompts out of turn, or more than an agent holds") }
        loading.hasher.add(texts)
        for entry in texts.entries { loading.texts[entry.index] = entry.bytes }
        state = .loading(loading)
        return []
    }

    mutating func loaded(_ chunk: ShardChunk, into held: Loading) -> [AgentAction] {
        var loading = held
        guard let configuration = loading.configuration,
            Int(chunk.firstOrdinal) == loading.requests.count,
            loading.requests.count + chunk.requests.count <= Int(configuration.requests)
        else { return violated("a shard chunk that does not continue the shard") }
        let stages = configuration.stages.count
        guard chunk.requests.allSatisfy({ Int($0.stage) < stages }) else {
            return violated("a request of a stage that does not exist")
        }
        for request in chunk.requests where request.usesTexts {
            let areHeld = request.prompt.allSatisfy { segment in
                // An answer is of an earlier turn, or it could never be there.
                if let turn = segment.answeredTurn { return turn < request.turn }
                return UInt32(exactly: segment.seed).map { loading.texts[$0] != nil } ?? false
            }
            guard areHeld else { return violated("a request of a text that it did not send") }
        }
        loading.hasher.add(chunk.requests)
        loading.requests += chunk.requests
        state = .loading(loading)
        return []
    }

    mutating func shardEnded(_ loading: Loading, _ digest: ShardDigest) -> [AgentAction] {
        guard let configuration = loading.configuration else {
            return violated("a shard without its configuration")
        }
        let held = loading.hasher.digest
        guard held == digest else {
            return violated(
                "a shard of \(digest.count) requests of which \(held.count) arrived as they left")
        }
        state = .preparing(configuration)
        return [
            .send(.shardHeld(held)),
            .prepare(configuration, loading.requests, texts: loading.texts),
        ]
    }
}
