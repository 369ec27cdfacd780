import Goodput
import Results
import Testing
import TimeBase
import TokenLog
import VirtualLoad

/// Engines that think, in virtual time.
@Suite struct ThoughtsTests {
    private static func yaml(_ engine: String, endpoint: String = "chat") -> String {
        """
        endpoint: \(endpoint)
        stages: [{ rate: 2/s, requests: 20 }]
        classes: [{ name: c, input: 100 tokens, output: 40 tokens, reader: { preset: answer } }]
        engine: { \(engine) }
        """
    }

    @Test func visibleThoughtsAreTokensBeforeTheAnswer() throws {
        let plain = try VirtualScenario.load(Self.yaml("seed: 1")).requests()
        let load = try VirtualScenario.load(Self.yaml("thoughts: 75 %"))
        for (request, other) in zip(try load.requests(), plain) {
            #expect(request.tokenTimes == other.tokenTimes)
            #expect(request.thoughtTokens == 30)
            #expect(request.firstAnswer?.ns == request.tokenTimes[30])
            #expect(request.notes.hiddenTokens == 0)
            #expect(other.thoughtTokens == 0 && other.firstAnswer == nil)
        }
        let totals = try load.summary(of: load).run.totals
        #expect(totals.tokens == 800)
        // Nobody waits for ten seconds, and the quarter that is read earns all that it can.
        #expect(totals.benefit == 200)
        #expect(totals.sloTokens == 200)
    }

    @Test func hiddenThoughtsAreTimeAlone() throws {
        let plain = try VirtualScenario.load(Self.yaml("seed: 1")).requests()
        let load = try VirtualScenario.load(Self.yaml("thoughts: 75 %, hidden thoughts: true"))
        for (request, other) in zip(try load.requests(), plain) {
            #expect(request.tokenTimes == Array(other.tokenTimes.dropFirst(30)))
            #expect(request.outputTokens == 10)
            #expect(request.thoughtTokens == 0 && request.firstAnswer == nil)
            #expect(request.notes.hiddenTokens == 30)
        }
        #expect(try load.summary(of: load).run.totals.benefit == 200)
    }

    @Test func eventsHoldOneOfTheTwo() throws {
        let load = try VirtualScenario.load(Self.yaml("thoughts: 50 %, stream interval: 8"))
        for request in try load.requests() {
            #expect((request.tokens ?? []).map(\.count) == [1, 8, 8, 3, 5, 8, 7])
            #expect(request.firstAnswer?.ns == request.tokenTimes[4])
        }
        let completions = try VirtualScenario.load(
            Self.yaml("thoughts: 50 %", endpoint: "completions"))
        #expect(try completions.requests().allSatisfy { $0.thoughtTokens == 0 })
    }

    /// Silence is not a token: a limit on the first token holds for hidden thoughts, too.
    @Test func hiddenThoughtsAreWaitedFor() throws {
        let limits = "\ntimeouts: { first token: 150 ms, between tokens: 10 s }"
        let visible = try VirtualScenario.load(Self.yaml("thoughts: 75 %") + limits)
        #expect(try visible.requests().allSatisfy { $0.outcome == .completed })
        let hidden = try VirtualScenario.load(
            Self.yaml("thoughts: 75 %, hidden thoughts: true") + limits)
        for request in try hidden.requests() {
            #expect(request.error?.kind == .firstTokenTimeout)
            #expect(request.outputTokens == 0 && request.notes.hiddenTokens > 0)
        }
    }
}
