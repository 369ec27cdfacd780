import Glibc

/// The work that runs in one step, as far as its duration depends on it.
package struct StepShape: Hashable, Sendable {
    /// Sequences in the step: decodes and prefill chunks (R).
    package private(set) var sequences = 0
    /// New tokens of all sequences (N); a decode counts one.
    package private(set) var newTokens = 0
    /// Sequences that decode (B).
    package private(set) var decodes = 0
    /// Context lengths of the decodes added up, in tokens (C).
    package private(set) var decodeContext = 0
    /// Prefill chunks: `new` tokens after `cached` tokens of the same sequence.
    package private(set) var chunks: [Chunk] = []

    /// A stretch of one prompt.
    package struct Chunk: Hashable, Sendable {
        /// New tokens (q), at least 1.
        package var new: Int
        /// Tokens of the sequence before them (p').
        package var cached: Int

        package init(new: Int, cached: Int) {
            precondition(new >= 1 && cached >= 0, "A chunk has new tokens after cached ones.")
            self.new = new
            self.cached = cached
        }
    }

    package init() {}

    /// Adds one sequence that makes its next token with `context` tokens to attend to, itself
    /// included.
    ///
    /// - Parameter new: Tokens that run for it: more than one where some are proposed.
    package mutating func addDecode(context: Int, new: Int = 1) {
        addDecodes(1, context: context)
        newTokens += new - 1
    }

    /// Adds so many sequences that make their next tokens, with `context` tokens to attend to in
    /// all, themselves included.
    package mutating func addDecodes(_ count: Int, context: Int) {
        sequences += count
        newTokens += count
        decodes += count
        decodeContext += context
    }

    /// Adds a stretch of a prompt.
    package mutating func addChunk(_ chunk: Chunk) {
        sequences += 1
        newTokens += chunk.new
        chunks.append(chunk)
    }

    /// Whether nothing runs.
    package var isEmpty: Bool { sequences == 0 }

    /// Empties the shape and keeps its storage.
    mutating func removeAll() {
        sequences = 0
        newTokens = 0
        decodes = 0
        decodeContext = 0
        chunks.removeAll(keepingCapacity: true)
    }
}

/// How long one iteration of the engine takes.
///
/// With R sequences, N new tokens, B decodes of C tokens of context in all, and prefill chunks of
/// q tokens after p':
///
///     T = h0 + h1·R + (t_w^p + (N·t_tok)^p)^(1/p) + N·t_ew + t_lm
///       + [B > 0]·(a_dec + C·b_dec)
///       + Σ max(2·L·heads·128·q·(2p' + q) / (F·q/(q + q0)), (p' + q)·b_dec)
///
/// The p-norm is the roofline of the linear layers with a rounded corner; the maximum lets a short
/// chunk after a long prefix cost at least the reading of its keys and values.
package struct StepTimeModel: Hashable, Sendable {
    package let fit: KernelFit
    package let host: HostOverhead
    /// 2 · layers · heads · head dimension. Two matrix products of 2 FLOP a component over the
    /// q·(p' + q/2) pairs under the causal mask are this times q·(2p' + q).
    private let attentionFlop: Double

    /// The times of `model` on `gpu` under `host`.
    package init(model: ServedModel, gpu: GPU, host: HostOverhead) {
        self.init(model: model, fit: KernelFit.of(model, on: gpu), host: host)
    }

    /// - Parameter model: The one whose attention is counted.
    init(model: ServedModel, fit: KernelFit, host: HostOverhead) {
        self.fit = fit
        self.host = host
        self.attentionFlop = Self.attentionFlop(of: model)
    }

    static func attentionFlop(of model: ServedModel) -> Double {
        2 * Double(model.layers * model.heads * ServedModel.headDimension)
    }

    /// Milliseconds of a step of this shape. O(chunks).
    package func milliseconds(_ shape: StepShape) -> Double {
        let newTokens = Double(shape.newTokens)
        var total = host.perStepMs + host.perSequenceMs * Double(shape.sequences)
        total += linearMs(newTokens: newTokens)
        total += newTokens * fit.elementwiseMicroseconds * 1e-3 + fit.headMs
        if shape.decodes > 0 {
            total += decodeAttentionMs(contextTokens: Double(shape.decodeContext))
        }
        for chunk in shape.chunks {
            total += prefillAttentionMs(chunk)
        }
        return total
    }

    /// Nanoseconds of a step of this shape, rounded to the nearest.
    package func nanoseconds(_ shape: StepShape) -> Int64 {
        Int64((milliseconds(shape) * 1e6).rounded())
    }

    /// The linear layers for `newTokens` tokens, in ms.
    package func linearMs(newTokens: Double) -> Double {
        let compute = newTokens * fit.tokenMicroseconds * 1e-3
        let p = fit.sharpness
        return pow(pow(fit.weightsMs, p) + pow(compute, p), 1 / p)
    }

    /// Attention of decodes over `contextTokens` tokens in all, in ms.
    package func decodeAttentionMs(contextTokens: Double) -> Double {
        fit.decodeBaseMs + contextTokens * fit.contextTokenNs * 1e-6
    }

    /// Attention of one prefill chunk, in ms.
    package func prefillAttentionMs(_ chunk: StepShape.Chunk) -> Double {
        let q = Double(chunk.new)
        let before = Double(chunk.cached)
        let flop = attentionFlop * q * (2 * before + q)
        let flopPerMs = fit.prefillTeraflops * 1e9 * q / (q + fit.halfRateTokens)
        return max(flop / flopPerMs, (before + q) * fit.contextTokenNs * 1e-6)
    }
}
