import Goodput

/// Whether first tokens come after one time, whatever the prompt.
struct PromptWall: Hashable, Sendable {
    /// The time from the send at which half of the first tokens come, ns.
    let wait: Double

    private static let fewestStreams = 20

    /// Nil where prompts are too few, their lengths unknown or too much alike, or first tokens come
    /// after times of their own. O(n log n).
    init?(_ streams: [SampledStream]) {
        let prompts = streams.compactMap { $0.promptTokens.map(Double.init) }
        guard prompts.count >= Self.fewestStreams else { return nil }
        let mean = prompts.reduce(0, +) / Double(prompts.count)
        let variance =
            prompts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(prompts.count)
        guard variance.squareRoot() > mean / 2 else { return nil }
        let waits = SortedValues(
            streams.lazy.filter { $0.promptTokens != nil }.map { max(0, $0.firstWait) })
        guard let densest = waits.densest(within: 0.01),
            2 * densest.count >= waits.values.count
        else { return nil }
        wait = densest.centre
    }
}
