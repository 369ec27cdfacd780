import JSON
import Loss
import TimeBase
import TokenLog

extension WorstWait {
    /// An element of `worst_context` of `summary.json`, which stand in the order of `loss.worst`.
    var json: JSONValue {
        [
            "id": .integer(Int64(wait.id)), "token": .integer(Int64(wait.token)),
            "agent": .string(agent), "server": .string(server),
            "before": samples?.before?.json ?? .null, "after": samples?.after?.json ?? .null,
            "preemptions": samples?.preemptions.map { .integer(Int64(clamping: $0)) } ?? .null,
        ]
    }
}

extension ServerSample {
    /// The server's words and their instant: null for what it does not say.
    fileprivate var json: JSONValue {
        [
            "at": .integer(at.ns),
            "running": running.map { .integer(Int64($0)) } ?? .null,
            "waiting": waiting.map { .integer(Int64($0)) } ?? .null,
            "kv_use": keyValueUse.map { .real($0) } ?? .null,
        ]
    }
}
