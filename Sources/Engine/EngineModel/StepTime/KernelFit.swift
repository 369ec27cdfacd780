/// Coefficients of the step-time formula for one model on one GPU.
///
/// Fitted to the kernel times that aiconfigurator publishes (Apache-2.0) for vLLM 0.14 and 0.19;
/// the rows of the 40 GB A100 are scaled from the 80 GB card by memory bandwidth.
package struct KernelFit: Hashable, Sendable {
    /// Reading all weights of the layers once, in ms (t_w).
    package var weightsMs: Double
    /// Compute of the linear layers for one token, in microseconds (t_tok).
    package var tokenMicroseconds: Double
    /// How sharply the linear layers turn from memory-bound to compute-bound (p).
    package var sharpness: Double
    /// Element-wise kernels for one token, in microseconds (t_ew).
    package var elementwiseMicroseconds: Double
    /// The language-model head, in ms a step (t_lm).
    package var headMs: Double
    /// Decode attention of a step whatever its contexts, in ms (a_dec).
    package var decodeBaseMs: Double
    /// Reading the keys and values of one token of context, in ns (b_dec).
    package var contextTokenNs: Double
    /// Peak rate of prefill attention in TFLOPS (F).
    package var prefillTeraflops: Double
    /// Chunk length at which prefill attention reaches half of its peak rate (q0).
    package var halfRateTokens: Double

    private init(
        _ weightsMs: Double, _ tokenMicroseconds: Double, _ sharpness: Double,
        _ elementwiseMicroseconds: Double, _ headMs: Double, _ decodeBaseMs: Double,
        _ contextTokenNs: Double, _ prefillTeraflops: Double, _ halfRateTokens: Double
    ) {
        self.weightsMs = weightsMs
        self.tokenMicroseconds = tokenMicroseconds
        self.sharpness = sharpness
        self.elementwiseMicroseconds = elementwiseMicroseconds
        self.headMs = headMs
        self.decodeBaseMs = decodeBaseMs
        self.contextTokenNs = contextTokenNs
        self.prefillTeraflops = prefillTeraflops
        self.halfRateTokens = halfRateTokens
    }

    /// The row of the table for `model` on `gpu`.
    package static func of(_ model: ServedModel, on gpu: GPU) -> KernelFit {
        switch (gpu, model) {
        case (.a100x80, .llama8B): KernelFit(9.45, 51.6, 1.54, 3.0, 0.66, 0.69, 89.2, 180, 560)
        case (.a100x80, .qwen7B): KernelFit(9.12, 49.3, 1.58, 2.9, 0.65, 0.59, 41.1, 180, 560)
        case (.a100x80, .qwen14B): KernelFit(18.07, 95.1, 1.41, 4.9, 1.05, 1.04, 138.6, 180, 560)
        case (.a100x40, .llama8B): KernelFit(12.4, 51.6, 1.54, 3.9, 0.86, 0.69, 117, 180, 560)
        case (.a100x40, .qwen7B): KernelFit(11.9, 49.3, 1.58, 3.8, 0.83, 0.59, 54, 180, 560)
        case (.a100x40, .qwen14B): KernelFit(23.7, 95.1, 1.41, 6.4, 1.4, 1.04, 182, 180, 560)
        case (.h100, .llama8B): KernelFit(5.51, 17.85, 2.66, 1.8, 0.39, 0.45, 44.9, 600, 1400)
        case (.h100, .qwen7B): KernelFit(5.14, 16.7, 2.58, 1.8, 0.40, 0.37, 20.4, 600, 1400)
        case (.h100, .qwen14B): KernelFit(9.95, 33.9, 2.57, 3.0, 0.57, 0.67, 69.2, 600, 1400)
        case (.h200, .llama8B): KernelFit(3.99, 18.7, 2.31, 1.3, 0.28, 0.46, 33.3, 600, 1400)
        case (.h200, .qwen7B): KernelFit(3.76, 17.5, 2.51, 1.3, 0.29, 0.38, 16.5, 600, 1400)
        case (.h200, .qwen14B): KernelFit(7.27, 35.5, 2.70, 2.1, 0.41, 0.69, 52.2, 600, 1400)
        }
    }
}

/// Tokens whose keys and values fit beside the weights, a multiple of 16.
///
/// floor((0.9 × memory − weights − activations) / bytes a token / 16) × 16.
package func keyValueCapacity(of model: ServedModel, on gpu: GPU) -> Int {
    switch (model, gpu) {
    case (.llama8B, .a100x40): 156_416
    case (.llama8B, .a100x80): 449_552
    case (.llama8B, .h100): 449_184
    case (.llama8B, .h200): 896_720
    case (.qwen7B, .a100x40): 368_080
    case (.qwen7B, .a100x80): 1_038_112
    case (.qwen7B, .h100): 1_037_264
    case (.qwen7B, .h200): 2_060_192
    case (.qwen14B, .a100x40): 34_064
    case (.qwen14B, .a100x80): 229_504
    case (.qwen14B, .h100): 229_248
    case (.qwen14B, .h200): 527_600
    }
}
