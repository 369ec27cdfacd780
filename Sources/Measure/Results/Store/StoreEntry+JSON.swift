package import JSON

extension StoreEntry {
    package var json: JSONValue {
        var problem = JSONValue.null
        if case .damaged(let sentence) = state { problem = .string(sentence) }
        func number(_ value: Double?) -> JSONValue { value.map { .real($0) } ?? .null }
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return [
            "folder": .string(folder), "kind": text(kind?.rawValue), "name": .string(name),
            "verdict": .string(state.word), "problem": problem, "runs": .integer(Int64(runs)),
            "began": .integer(began), "written": .integer(written),
            "smooth_goodput": number(smooth), "throughput": number(throughput),
            "servers": .array(servers.map { .string($0) }), "simulated": text(simulated),
            "host": text(host), "bytes": .integer(Int64(byteCount)), "foreign": text(foreign),
        ]
    }
}
