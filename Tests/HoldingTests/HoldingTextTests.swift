import Goodput
import Holding
import Randomness
import Testing

/// The sentences of console and report.
@Suite("Sentences of the detection") struct HoldingTextTests {
    private static let streams = ServedStreams(
        .slow, .open(4), count: 60, outputs: 60...250, seed: 1)

    @Test("An interval names what waited, and the option that does it")
    func interval() {
        let figures = Self.streams.held(Hold.interval(8)).figures()
        #expect(
            figures.sentences == [
                "The server held tokens: events carry 8 tokens (100 % of them, the first alone) "
                    + "and streams are out of step, so 7 of 8 tokens waited for the last "
                    + "(--stream-interval 8)."
            ])
    }

    @Test("Pacing names its gap, and what it measures")
    func paced() throws {
        var random = SplitMix64(seed: 1)
        let figures = Self.streams.held(Hold.pace(50e6, using: &random)).figures()
        let pairs = Int(((figures.outOfStep ?? 0) * 100).rounded())
        #expect(
            figures.sentences == [
                "The server paced tokens to 50.0 ms: 100 % of the gaps are within 2 % of it, and "
                    + "streams that share the engine are out of step (\(pairs) % of pairs; an "
                    + "engine's streams move together). TBT measures the pacer."
            ])
    }

    @Test("A held first token, a wall and a flush say how long")
    func times() throws {
        let first = Self.streams.held(Hold.first(500_000_000)).figures()
        let share = Int(((first.firstBurst ?? 0) * 100).rounded())
        let burst = Int((first.burstTokens ?? 0).rounded())
        let held = Int(((first.heldFirst ?? 0) / 1e8).rounded())
        #expect(
            first.sentences == [
                "Answers begin with a burst (\(burst) tokens, \(share) % of streams): the first "
                    + "token was held for about 0.\(held) s."
            ])
        let tick = Self.streams.held(Hold.tick(100_000_000)).figures()
        #expect(
            tick.sentences == [
                "Tokens are flushed by time, every 100 ms (one clock for all streams), equally "
                    + "many to all streams: the transport holds them, not the engine."
            ])
        let flush = Self.streams.held(Hold.flush(200_000_000)).figures()
        #expect(
            flush.sentences[0].hasPrefix("Tokens are flushed by time, about every 2")
                && flush.sentences[0].hasSuffix(
                    " ms (a proxy's timer or Nagle), equally many to all streams: the transport "
                        + "holds them, not the engine.")
        )
        let buffer = Self.streams.held(Hold.buffer(8)).figures()
        #expect(
            buffer.sentences == [
                "Tokens are flushed in full buffers of about 8 events: the transport holds them, "
                    + "not the engine."
            ])
    }

    @Test("No holding, and no telling, say what was seen")
    func nothing() {
        let figures = Self.streams.figures()
        let pairs = Int(((figures.inStep ?? 0) * Double(figures.windows)).rounded())
        #expect(
            figures.sentences == [
                "No token was seen to be held (60 streams, \(pairs) pairs in step)."
            ])
        let alone = ServedStreams(.slow, .closed(1), count: 10, seed: 1).figures()
        #expect(
            alone.sentences == [
                "Cannot tell whether tokens were paced: only one stream ran at a time. No groups, "
                    + "no bursts. Run 12 or more at once, or a load that rises from 1 to 32."
            ])
    }
}
