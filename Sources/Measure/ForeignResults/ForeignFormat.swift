/// A format of other tools' result files.
enum ForeignFormat: Hashable, Sendable {
    /// vLLM and sglang: an object of lists that go in parallel, one object a run.
    case parallelLists(ForeignTool)
    case aiperfRecords
    case aiperfRaw
    case guidellm
    case inferencePerf
    case etalon
    case genaiBench
    /// A tool's file without the requests' own times.
    case summary(of: ForeignTool)

    /// The format of a file by the names of the members of its first object; nil for a file that is
    /// no other tool's.
    init?(members: Set<String>, isInList: Bool) {
        func has(_ names: String...) -> Bool { names.allSatisfy(members.contains) }
        if has("parameters", "requests") { return nil }
        if isInList {
            guard has("info"), has("start_time") || has("end_time") else { return nil }
            self = .inferencePerf
        } else if has("ttfts", "itls") {
            self = .parallelLists(Self.isSglang(members) ? .sglang : .vllm)
        } else if has("mean_ttft_ms", "duration") {
            self = .summary(of: Self.isSglang(members) ? .sglang : .vllm)
        } else if has("metadata", "responses") || has("start_perf_ns") {
            self = .aiperfRaw
        } else if has("metadata", "metrics") {
            self = .aiperfRecords
        } else if has("aiperf_version") {
            self = .summary(of: .aiperf)
        } else if has("benchmarks") {
            self = .guidellm
        } else if has("load_summary", "successes") {
            self = .summary(of: .inferencePerf)
        } else if has("ttft", "tbt") {
            self = .etalon
        } else if has("individual_request_metrics") {
            self = .genaiBench
        } else if has("aggregated_metrics") {
            self = .summary(of: .genaiBench)
        } else {
            return nil
        }
    }

    private static func isSglang(_ members: Set<String>) -> Bool {
        !members.isDisjoint(with: [
            "total_output_tokens_retokenized", "server_info", "accept_length", "dataset_name",
            "mean_e2e_latency_ms",
        ]) && members.isDisjoint(with: ["tokenizer_id", "endpoint_type", "start_times"])
    }

    /// The names that files of other tools are known by, of a file's first object.
    static func detected(_ bytes: UnsafeRawBufferPointer) -> ForeignFormat? {
        var cursor = ForeignCursor(bytes)
        var names: Set<String> = []
        var isInList = false
        func collect(_ cursor: inout ForeignCursor) throws(ForeignProblem) {
            try cursor.object { (name, cursor) throws(ForeignProblem) in
                names.insert(name)
                try cursor.skip()
            }
        }
        do throws(ForeignProblem) {
            if cursor.peek() == UInt8(ascii: "[") {
                isInList = true
                try cursor.list { (_, cursor) throws(ForeignProblem) in
                    try collect(&cursor)
                    // The first element tells; the others are not looked at.
                    throw ForeignProblem(offset: 0, "")
                }
            } else {
                try collect(&cursor)
            }
        } catch {
            // A file that is cut or no JSON is known by its beginning, and its reader says where.
        }
        return ForeignFormat(members: names, isInList: isInList)
    }
}
