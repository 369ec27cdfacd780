/// The tokens of one answer, as they leave for its client.
package struct AnswerTokens: Hashable, Sendable {
    private var steps = AnswerSteps()
    /// When they leave, where that is not when a step's tokens do: they are held back, or came
    /// without a place among ``StepInstants``.
    private var own: [Int64] = []
    private var release: TokenRelease?

    package init(_ holding: TokenHolding) {
        if holding.delays { release = TokenRelease(holding) }
    }

    package var count: Int { steps.count + own.count }

    /// Adds tokens that an engine tells. O(1), and O(tokens) where they are held back.
    ///
    /// - Returns: When the last of them leaves.
    package mutating func take(_ delivery: Delivery, _ instants: StepInstants?) -> Int64 {
        guard let stretch = delivery.stretch, let instants else {
            let ns = release?.due(delivery.ns) ?? delivery.ns
            own.append(ns)
            return ns
        }
        guard release != nil else {
            steps.append(stretch)
            return delivery.ns
        }
        var last = delivery.ns
        for ns in instants[stretch] {
            last = release?.due(ns) ?? ns
            own.append(last)
        }
        return last
    }

    /// When they leave, in order. O(tokens).
    package func times(_ instants: StepInstants?) -> [Int64] {
        guard let instants, own.isEmpty else { return own }
        return steps.times(instants)
    }

    /// When the last leaves; nil without one. O(1).
    package func lastNs(_ instants: StepInstants?) -> Int64? {
        own.last ?? instants.flatMap { steps.last($0) }
    }

    /// When the last leaves that does so by an instant. O(tokens after it).
    package func lastNs(by ns: Int64, _ instants: StepInstants?) -> Int64? {
        guard let instants, own.isEmpty else { return own.last { $0 <= ns } }
        return steps.last(by: ns, instants)
    }

    /// Forgets those that would leave after an instant. O(tokens forgotten).
    package mutating func cut(after ns: Int64, _ instants: StepInstants?) {
        while let last = own.last, last > ns { own.removeLast() }
        if let instants { steps.cut(after: ns, instants) }
    }
}
