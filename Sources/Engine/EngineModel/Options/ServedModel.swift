/// The language models that the step-time table knows.
package enum ServedModel: String, NamedChoice {
    case llama8B = "Llama-3.1-8B"
    case qwen7B = "Qwen2-7B"
    case qwen14B = "Qwen2.5-14B"

    package static let noun = "model"

    /// Transformer layers.
    package var layers: Int {
        switch self {
        case .llama8B: 32
        case .qwen7B: 28
        case .qwen14B: 48
        }
    }

    /// Query heads a layer, of ``headDimension`` each.
    package var heads: Int {
        switch self {
        case .llama8B: 32
        case .qwen7B: 28
        case .qwen14B: 40
        }
    }

    /// Key/value heads a layer (grouped-query attention).
    package var keyValueHeads: Int {
        switch self {
        case .llama8B, .qwen14B: 8
        case .qwen7B: 4
        }
    }

    /// Components of one head; the same for all three models.
    package static let headDimension = 128

    /// Bytes of keys and values that one token holds over all layers, in 16-bit precision.
    package var keyValueBytesPerToken: Int {
        layers * keyValueHeads * Self.headDimension * 2 * 2
    }

    /// The name that the model's publisher gives the instruction-tuned weights.
    package var publishedName: String {
        switch self {
        case .llama8B: "meta-llama/Llama-3.1-8B-Instruct"
        case .qwen7B: "Qwen/Qwen2-7B-Instruct"
        case .qwen14B: "Qwen/Qwen2.5-14B-Instruct"
        }
    }

    package static func alias(_ name: String) -> ServedModel? {
        allCases.first { $0.publishedName.lowercased() == name.lowercased() }
    }
}
