import Testing

@testable import EngineModel

@Suite("Step time")
struct StepTimeTests {
    /// The host of the kernels' measurements, none of the profiles.
    static let kernelHost = HostOverhead(perStepMs: 0.9, perSequenceMs: 0.005)

    struct Check: Sendable, CustomTestStringConvertible {
        var gpu: GPU
        var tokens: Int
        var milliseconds: Double
        var testDescription: String { "\(gpu.rawValue), \(tokens): \(milliseconds) ms" }

        init(_ gpu: GPU, _ tokens: Int, _ milliseconds: Double) {
            self.gpu = gpu
            self.tokens = tokens
            self.milliseconds = milliseconds
        }
    }

    static func model(_ gpu: GPU) -> StepTimeModel {
        StepTimeModel(model: .llama8B, gpu: gpu, host: kernelHost)
    }

    @Test(
        "A decode step at 1024 tokens of context takes the published time",
        arguments: [
            Check(.a100x80, 1, 11.8), Check(.a100x80, 8, 12.5), Check(.a100x80, 32, 15.3),
            Check(.a100x80, 64, 19.2), Check(.a100x80, 128, 27.7), Check(.a100x80, 256, 45.6),
            Check(.h100, 1, 7.3), Check(.h100, 8, 7.7), Check(.h100, 32, 8.9),
            Check(.h100, 64, 10.7), Check(.h100, 128, 14.2), Check(.h100, 256, 21.8),
        ])
    func decode(_ check: Check) {
        var shape = StepShape()
        for _ in 0..<check.tokens { shape.addDecode(context: 1024) }
        let time = Self.model(check.gpu).milliseconds(shape)
        #expect(abs(time / check.milliseconds - 1) < 0.01, "\(time) ms")
    }

    @Test(
        "A prefill takes the published time",
        arguments: [
            Check(.a100x80, 512, 33.7), Check(.a100x80, 2048, 123), Check(.a100x80, 8192, 554),
            Check(.h100, 512, 12.6), Check(.h100, 2048, 44.7), Check(.h100, 8192, 197),
        ])
    func prefill(_ check: Check) {
        var shape = StepShape()
        shape.addChunk(.init(new: check.tokens, cached: 0))
        let time = Self.model(check.gpu).milliseconds(shape)
        #expect(abs(time / check.milliseconds - 1) < 0.01, "\(time) ms")
    }

    @Test("Every term of the formula, by hand")
    func handComputed() {
        // A100-80, Llama-3.1-8B, vllm-0.6: two decodes of 100 and 300 tokens, a chunk of 64 after
        // 192. R = 3, N = 66, C = 400.
        let model = StepTimeModel(
            model: .llama8B, gpu: .a100x80, host: HostProfile.vllm0_6.overhead)
        var shape = StepShape()
        shape.addDecode(context: 100)
        shape.addDecode(context: 300)
        shape.addChunk(.init(new: 64, cached: 192))
        // 1.56 + (9.45^1.54 + 3.4056^1.54)^(1/1.54) + 0.198 + 0.66 + 0.72568 + chunk
        let flop = Double(2 * 32 * 32 * 128 * 64 * (2 * 192 + 64))
        let rate = 180e9 * 64 / Double(64 + 560)
        let expected: Double = 1.56 + 10.68192 + 0.198 + 0.66 + 0.72568 + flop / rate
        #expect(abs(model.milliseconds(shape) - expected) < 0.0001)
    }

    @Test("A short chunk after a long prefix costs the reading of its keys and values")
    func chunkFloor() {
        let model = Self.model(.h100)
        let floor = 40_001 * 44.9e-6
        #expect(model.prefillAttentionMs(.init(new: 1, cached: 40_000)) >= floor)
    }

    @Test("More work never takes less time", arguments: GPU.allCases, ServedModel.allCases)
    func monotone(gpu: GPU, model: ServedModel) {
        let times = StepTimeModel(model: model, gpu: gpu, host: HostProfile.vllmV1.overhead)
        var shape = StepShape()
        var last = times.milliseconds(shape)
        for step in 0..<64 {
            if step.isMultiple(of: 3) {
                shape.addChunk(.init(new: 1 + step * 7, cached: step * 11))
            } else {
                shape.addDecode(context: 1 + step * 29)
            }
            let time = times.milliseconds(shape)
            #expect(time > last)
            last = time
        }
    }

    @Test("Bytes a token follow from layers and key/value heads")
    func keyValueBytes() {
        #expect(ServedModel.llama8B.keyValueBytesPerToken == 128 << 10)
        #expect(ServedModel.qwen7B.keyValueBytesPerToken == 56 << 10)
        #expect(ServedModel.qwen14B.keyValueBytesPerToken == 192 << 10)
    }

    @Test("Capacities are whole blocks and grow with memory", arguments: ServedModel.allCases)
    func capacities(model: ServedModel) {
        for gpu in GPU.allCases {
            #expect(keyValueCapacity(of: model, on: gpu).isMultiple(of: BlockPool.blockTokens))
        }
        #expect(keyValueCapacity(of: model, on: .a100x40) < keyValueCapacity(of: model, on: .h100))
        #expect(keyValueCapacity(of: model, on: .h100) < keyValueCapacity(of: model, on: .h200))
    }
}
