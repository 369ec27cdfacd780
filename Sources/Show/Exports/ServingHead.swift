import JSON
import PlainText
import Results
import RunRecord

/// The words of `vllm bench serve` on a run, ahead of its figures.
struct ServingHead {
    private let header: RunHeader
    private let model: String?
    private let prompts: Int

    init(_ header: RunHeader, model: String?, prompts: Int) {
        self.header = header
        self.model = model
        self.prompts = prompts
    }

    var members: [JSONMember] {
        let isChat = header.load?.words.endpoint != "completions"
        let backend = JSONValue.string(isChat ? "openai-chat" : "openai")
        let load = Load(header)
        let model = model.map { JSONValue.string($0) } ?? .null
        return [
            JSONMember("date", .string(Figures.second(utc: header.epoch.realtime / 1_000_000_000))),
            JSONMember("endpoint_type", backend), JSONMember("backend", backend),
            JSONMember("label", .string(header.name)), JSONMember("model_id", model),
            JSONMember("tokenizer_id", model),
            JSONMember("num_prompts", .integer(Int64(prompts))),
            JSONMember("request_rate", load.rate), JSONMember("burstiness", load.burstiness),
            JSONMember("max_concurrency", load.concurrency),
        ]
    }

    /// The load of a scenario of one stage in that tool's words; null where it has none for it.
    struct Load {
        private(set) var rate = JSONValue.null
        private(set) var burstiness = JSONValue.null
        private(set) var concurrency = JSONValue.null

        init(_ header: RunHeader) {
            guard let stages = header.scenario["stages"]?.array, stages.count == 1 else { return }
            let stage = stages[0]
            concurrency = stage["concurrency"]?.int64.map { .integer($0) } ?? .null
            burstiness = .real(stage["burstiness"]?.double ?? 1)
            if let perSecond = stage["rate"].flatMap(Self.perSecond) {
                rate = .real(perSecond)
            } else if stage["rate"] == nil, !concurrency.isNull {
                rate = .string("inf")
            }
        }

        /// Requests a second of `10/s`; nil for a rate that changes, or of another unit.
        private static func perSecond(_ rate: JSONValue) -> Double? {
            guard let text = rate.string else { return rate.double }
            guard text.hasSuffix("/s") else { return nil }
            return Double(text.dropLast(2).filter { $0 != " " })
        }
    }
}

extension RunHeader {
    /// The origin of the file, in a member that other tools pass over.
    var origin: JSONValue {
        [
            "run_id": .string(runID), "version": .string(version),
            "verdict": .string(validity.verdict.rawValue),
            "simulated": simulated.map { .string($0) } ?? .null,
        ]
    }
}
