/// Terms of an engine's step times that are known better than by its GPU and model: measured on a
/// server, say. A term that is nil is the table's (``KernelFit``, ``HostProfile``).
package struct StepCosts: Hashable, Sendable {
    /// The cost of a step whatever runs in it, in ns: host, language-model head and the base of
    /// attention together.
    package var stepNs: Double?
    /// The cost of a sequence in the step, in ns (h1).
    package var sequenceNs: Double?
    /// The reading of the linear layers' weights, in ns (t_w).
    package var weightsNs: Double?
    /// A new token's cost in the linear layers and element-wise kernels, in ns (t_tok and t_ew).
    package var tokenNs: Double?
    /// The sharpness of the corner between the two (p).
    package var sharpness: Double?
    /// The reading of the keys and values of one token of a decode's context, in ns (b_dec).
    package var contextNs: Double?
    /// A prompt's attention, in ns a pair of its tokens: q tokens after p' have q (2 p' + q) / 2.
    /// It has no start to get over (q0 is 0).
    package var attentionNs: Double?
    /// The time from a step's end until its tokens leave, in ns.
    package var frontEndNs: Double?

    package init() {}

    /// Tokens of context, and pairs of a prompt's tokens, that users are told the cost of: one
    /// alone costs less than a ns or two.
    package static let contextTokens = 1_000.0
    package static let attentionPairs = 1e6

    /// Whether all terms are given, so that GPU and model say nothing more.
    package var isWhole: Bool { Self.terms.allSatisfy { self[keyPath: $0.term] != nil } }

    /// Sharpnesses of the corner: below 1 two halves would cost more than their sum, and beyond the
    /// last there is nothing more to see.
    package static let sharpnesses = 1.0...20

    /// Longest time, ns: an hour.
    package static let longestNs = 3.6e12

    /// The terms with their fields.
    package static var terms: [(field: EngineField, term: WritableKeyPath<StepCosts, Double?>)] {
        [
            (.costsStep, \.stepNs), (.costsSequence, \.sequenceNs),
            (.costsWeights, \.weightsNs), (.costsToken, \.tokenNs),
            (.costsSharpness, \.sharpness), (.costsContext, \.contextNs),
            (.costsAttention, \.attentionNs), (.costsFrontEnd, \.frontEndNs),
        ]
    }

    /// The table's row with these terms instead of its own.
    ///
    /// - Parameter attentionFlop: The model's, as ``StepTimeModel`` counts it.
    func applied(to fit: KernelFit, attentionFlop: Double) -> KernelFit {
        var fit = fit
        if stepNs != nil { (fit.headMs, fit.decodeBaseMs) = (0, 0) }
        if let weightsNs { fit.weightsMs = weightsNs * 1e-6 }
        if let tokenNs {
            fit.tokenMicroseconds = tokenNs * 1e-3
            fit.elementwiseMicroseconds = 0
        }
        if let sharpness { fit.sharpness = sharpness }
        if let contextNs { fit.contextTokenNs = contextNs }
        if let attentionNs {
            // Twice the formula's FLOP of a token and its predecessors, at so many ns.
            fit.prefillTeraflops = 2 * attentionFlop / (attentionNs * 1e3)
            fit.halfRateTokens = 0
        }
        return fit
    }

    func applied(to host: HostOverhead) -> HostOverhead {
        HostOverhead(
            perStepMs: stepNs.map { $0 * 1e-6 } ?? host.perStepMs,
            perSequenceMs: sequenceNs.map { $0 * 1e-6 } ?? host.perSequenceMs)
    }

    /// - Throws: ``EngineOptionsError`` for a term that is out of range.
    func validate() throws(EngineOptionsError) {
        for (field, term) in Self.terms {
            guard let value = self[keyPath: term] else { continue }
            let range = term == \.sharpness ? Self.sharpnesses : 0...Self.longestNs
            guard range.contains(value) else {
                throw .noCost(field: field, value: value, range: range)
            }
            if value == 0, term == \.weightsNs {
                throw .notPositive(field: field, value: value)
            }
        }
    }
}
