import Randomness

/// How much of a plan's prompts an earlier prompt of the plan already holds: the hit rate of a
/// prefix cache that never forgets and answers at once, an upper bound for any real one.
package struct SharedPrompts: Sendable {
    private struct Node: Hashable {
        /// Names the segments before this one.
        var chain: UInt64
        var seed: UInt64
    }

    private var longest: [Node: UInt32] = [:]

    package init() {}

    /// Adds a prompt and returns how many of its tokens, from its begin on, were there before.
    /// O(segments).
    package mutating func add(_ prompt: [PromptSegment]) -> UInt64 {
        var chain: UInt64 = 0
        var shared: UInt64 = 0
        var isShared = true
        for segment in prompt {
            let node = Node(chain: chain, seed: segment.seed)
            let known = longest[node] ?? 0
            if isShared { shared += UInt64(min(known, segment.tokens)) }
            isShared = isShared && known >= segment.tokens
            longest[node] = max(known, segment.tokens)
            chain = mix64((chain ^ segment.seed) &+ UInt64(segment.tokens) &* goldenIncrement)
        }
        return shared
    }
}
