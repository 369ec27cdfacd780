/// The tokens earned and delivered in a window [w0, w1) of a run, cut from its timeline: reported
/// beside the figures over T, never instead of them. A token earns at its own time and a request's
/// last entry at its `finish`, so windows that tile T add up to the whole.
package struct WindowScore: Hashable, Sendable {
    /// ns on the run's timeline; the end is not part of the window.
    package let window: Range<Int64>
    /// Tokens earned in the window.
    package let benefit: Double
    /// Tokens delivered in the window.
    package let tokens: Int

    /// Tokens earned per second of the window.
    package var smoothGoodput: Double { benefit / seconds }
    /// Tokens delivered per second of the window.
    package var throughput: Double { Double(tokens) / seconds }

    private var seconds: Double { Double(window.upperBound - window.lowerBound) / 1e9 }
}
