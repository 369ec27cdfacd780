package import Randomness

/// Everything random in a plan comes from named sub-streams of one seed, so that a change to one
/// class, stage or session moves no draw of another.
extension RandomStream {
    /// The purpose of a sub-stream. Raw values are part of every plan: never renumber.
    package enum Purpose: UInt64, Sendable, CaseIterable {
        /// Gaps between arrivals of a stage.
        case arrivals = 1
        /// Which class each session of a stage belongs to.
        case classChoice = 2
        /// Lengths, turns and think times of one session of a class.
        case session = 3
        /// Prompt tokens of one session of a class.
        case sessionPrompt = 4
        /// Prompt tokens of a class's shared prefix.
        case prefixPrompt = 5
        /// Prompt tokens of a trace's prefix block.
        case blockPrompt = 6
        /// Offsets of a trace's arrivals within one tick.
        case spread = 7
        /// Which of its class's models one session asks for.
        case model = 8
        /// Copies, rounds, waits and lengths of one step of a session.
        case step = 9
        /// Prompt tokens of one conversation within a session that has several.
        case conversationPrompt = 10
    }

    /// The sub-stream of `seed` for `purpose`, `scope` (a stage or class) and `index` within it.
    package init(seed: UInt64, purpose: Purpose, scope: UInt64 = 0, index: UInt64 = 0) {
        self.init(seed: Self.key(seed: seed, purpose: purpose, scope: scope, index: index))
    }

    /// 64 bits that name a sub-stream; also the seed of a ``PromptSegment``.
    package static func key(
        seed: UInt64, purpose: Purpose, scope: UInt64 = 0, index: UInt64 = 0
    ) -> UInt64 {
        var key = mix64(seed &+ goldenIncrement)
        key = mix64((key ^ purpose.rawValue) &+ goldenIncrement)
        key = mix64((key ^ scope) &+ goldenIncrement)
        return mix64((key ^ index) &+ goldenIncrement)
    }
}

/// A stable 64-bit name of a text (FNV-1a over its UTF-8, then mixed): scopes sub-streams by a
/// class's name, so that classes may be reordered or inserted without moving each other's draws.
package func streamScope(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return mix64(hash)
}
