import JSON
import Randomness
import Testing

@testable import EngineModel

@Suite("Engine options")
struct EngineOptionsTests {
    @Test("The description names what is simulated")
    func description() {
        var options = EngineOptions()
        #expect(options.description == "simulated H100, Llama-3.1-8B, chunked 2048")
        options.scheduler = .prefillFirst
        options.gpu = .a100x80
        #expect(options.description == "simulated A100-80, Llama-3.1-8B, prefill-first")
    }

    @Test("They survive encoding, and absent keys keep their defaults")
    func coding() throws {
        var options = EngineOptions()
        options.gpu = .a100x40
        options.model = .qwen7B
        options.scheduler = .prefillFirst
        options.keyValueTokens = 20_000
        options.meanAnswerTokens = 90
        options.order = .shortestPrompt
        options.thoughts = Thoughts(share: 0.25, areHidden: true)
        for seed in [0, UInt64(Int64.max), UInt64(Int64.max) + 1, .max] {
            options.seed = seed
            #expect(try decode(String(decoding: options.json.serialized, as: UTF8.self)) == options)
        }
        #expect(try decode("{}") == EngineOptions())
        let plain = String(decoding: EngineOptions().json.serialized, as: UTF8.self)
        #expect(try decode(plain) == EngineOptions())
        #expect(try decode(#"{"gpu":"h200","chunkBudget":512}"#).gpu == .h200)
        #expect(
            try decode(#"{"model":"meta-llama/Llama-3.1-8B-Instruct"}"#).model == .llama8B)
    }

    @Test("Thoughts are a part of an answer, and never its last token")
    func thoughts() throws {
        let most = Thoughts(share: 0.999)
        #expect([1, 2, 10, 2_000].map(most.count) == [0, 1, 9, 1_998])
        #expect(Thoughts(share: 0).count(of: 5) == 0)
        #expect(Thoughts(share: 0.76).count(of: 792) == 601)
        for share in [1, -0.1, .nan] {
            var options = EngineOptions()
            options.thoughts = Thoughts(share: share)
            let error = #expect(throws: EngineOptionsError.self) { try options.validate() }
            #expect(error?.sentence(.options).contains("--thoughts") == true)
        }
    }

    @Test("Costs that were measured stand in for the table's, and survive encoding")
    func costs() throws {
        var options = EngineOptions()
        let table = options.stepTimes
        var costs = StepCosts()
        costs.stepNs = 4e6
        costs.weightsNs = 21.5e6
        costs.contextNs = 33.3
        costs.frontEndNs = 3e6
        options.costs = costs
        let times = options.stepTimes
        #expect(times.host.perStepMs == 4 && times.fit.headMs == 0 && times.fit.decodeBaseMs == 0)
        #expect(times.fit.weightsMs == 21.5 && times.fit.contextTokenNs == 33.3)
        #expect(times.fit.tokenMicroseconds == table.fit.tokenMicroseconds)
        #expect(times.host.perSequenceMs == table.host.perSequenceMs)
        #expect(options.frontEndNs == 3_000_000 && EngineOptions().frontEndNs == 22_000_000)
        #expect(
            options.description
                == "simulated H100, Llama-3.1-8B, some costs of its own, chunked 2048")
        costs.sequenceNs = 0
        costs.tokenNs = 2e5
        costs.sharpness = 2
        costs.attentionNs = 3
        options.costs = costs
        #expect(options.description == "simulated by costs of its own, chunked 2048")
        // Nothing of the table is left.
        var other = options
        other.gpu = .a100x40
        other.model = .qwen14B
        other.hostProfile = .vllm0_5_3
        var shape = StepShape()
        shape.addChunk(.init(new: 100, cached: 0))
        shape.addDecodes(7, context: 900)
        #expect(
            abs(options.stepTimes.milliseconds(shape) / other.stepTimes.milliseconds(shape) - 1)
                < 1e-12)
        // A million pairs of tokens cost a million times a pair's.
        let attention = options.stepTimes.prefillAttentionMs(.init(new: 1_000, cached: 500))
        #expect(abs(attention - 3) < 1e-9)
        shape = StepShape()
        #expect(try decode(String(decoding: options.json.serialized, as: UTF8.self)) == options)
        // The front end is what tokens leave by.
        let arrival = VirtualArrival(atNs: 0, promptTokens: 100, outputTokens: 1)
        shape.addChunk(.init(new: 100, cached: 0))
        #expect(
            VirtualRun(options: options)([arrival]).tokenNs[0]
                == [options.stepTimes.nanoseconds(shape) + 3_000_000])
    }

    @Test(
        "What does not hold is said in a sentence",
        arguments: [
            (#"{"gpu":"H10"}"#, "There is no GPU \"H10\"; did you mean \"H100\"?"),
            (#"{"model":"qwen2-7"}"#, "There is no model \"qwen2-7\"; did you mean \"Qwen2-7B\"?"),
            (
                #"{"scheduler":"fair"}"#,
                "There is no scheduler \"fair\"; write one of chunked, static, prefill-first, "
                    + "disaggregated."
            ),
            (
                #"{"chunkBudget":128}"#,
                "The engine's chunkBudget of 128 tokens is below the 256 of maxSequences, so that"
                    + " full decodes would leave no token for a prefill; raise the first or lower"
                    + " the second."
            ),
            (
                #"{"maxSequences":0}"#,
                "The engine's maxSequences is 0, but a step needs sequences; write a number from 1"
                    + " to 1048576."
            ),
            (
                #"{"keyValueTokens":1600}"#,
                "The engine's maxModelLen is 8192, but one request must fit the key/value capacity"
                    + " of 1600 tokens less 1 %; write a number from 2 to 1584."
            ),
            (
                #"{"scheduler":"static","order":"shortest prompt"}"#,
                "The engine's order has no use where the scheduler is static: a batch takes those "
                    + "who came first, and keeps its memory to the end, one token a step; remove "
                    + "it or choose another scheduler."
            ),
            (#"{"gpu":7}"#, "The engine's description has a `gpu` that is not a string."),
            (
                #"{"seed":-1}"#,
                "The engine's description has a `seed` that is not a whole number from 0 to "
                    + "18446744073709551615."
            ),
            (
                #"{"costs":{"stepNs":-1}}"#,
                "The engine's costs.stepNs is -1.0; write a number from 0 to 3600000000000."
            ),
            (
                #"{"costs":{"sharpness":0.5}}"#,
                "The engine's costs.sharpness is 0.5; write a number from 1 to 20."
            ),
            (
                #"{"costs":{"weightsNs":0}}"#,
                "The engine's costs.weightsNs is 0.0; write a number above 0."
            ),
            (
                #"{"costs":{"tokenNs":"much"}}"#,
                "The engine's description has a `tokenNs` that is not a number."
            ),
            ("[]", "The engine's description is an array, and no object."),
            (
                "{",
                "The engine's description is no JSON, line 1, column 2: a member's name in quotes "
                    + "should stand here."
            ),
        ])
    func sentences(json: String, sentence: String) throws {
        let error = #expect(throws: EngineOptionsError.self) { try decode(json) }
        #expect(error?.description == sentence)
    }

    @Test("A prefill-first engine may have any budget")
    func budgetIsForChunks() throws {
        #expect(try decode(#"{"scheduler":"prefill-first","chunkBudget":1}"#).chunkBudget == 1)
    }

    @Test("Natural lengths have their mean", arguments: [1, 2, 40, 900])
    func naturalLengths(mean: Int) {
        var random = SplitMix64(seed: 5)
        let law = NaturalLength(mean: mean)
        let draws = (0..<20_000).map { _ in law.draw(using: &random) }
        #expect(draws.allSatisfy { $0 >= 1 })
        let average = Double(draws.reduce(0, +)) / Double(draws.count)
        #expect(abs(average / Double(mean) - 1) < 0.03)
    }

    private func decode(_ json: String) throws(EngineOptionsError) -> EngineOptions {
        try EngineOptions(parsing: json)
    }
}
