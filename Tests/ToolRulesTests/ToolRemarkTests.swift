import Goodput
import Testing

@testable import ToolRules

@Suite("What a tool's rule loses") struct ToolRemarkTests {
    @Test("The losses of the small run, with their numbers")
    func losses() throws {
        let vllm = try SmallRun.figures(.vllm).remarks
        // Waits 10, 0 and 30 ms; TTFT from the schedule 110, 60, 1130.
        #expect(
            vllm.contains {
                guard case .fromSend(let mean, 30_000_000, let sent, let scheduled) = $0 else {
                    return false
                }
                return isClose(mean, 40e6 / 3) && isClose(sent, 1_080e6)
                    && isClose(scheduled, 1_109.6e6)
            })
        #expect(vllm.contains(.onlyCompleted(lost: 1, requests: 4, tokens: 1)))
        #expect(vllm.contains(.eventsForTokens(events: 6, tokens: 8)))
        let sglang = try SmallRun.figures(.sglang).remarks
        #expect(sglang.contains(.tailCounts(longest: 10_000_000)))
        #expect(sglang.contains(.spreadByNative))
        let aiperf = try SmallRun.figures(.aiperf).remarks
        #expect(
            aiperf.contains(.meansHideGaps(longestGap: 100_000_000, largestMean: 100e6 / 3)))
        #expect(try SmallRun.figures(.guidellm).remarks.contains(.attainedPercentiles))
    }

    @Test("Nothing is said of losses that there are none of")
    func none() throws {
        let even = [SmallRun.request(0, [(10, 1), (20, 1), (30, 1)])]
        #expect(
            try SmallRun.figures(.vllm, of: even, [1]).remarks == [.peakBySeconds, .roleChunks])
        #expect(try SmallRun.figures(.aiperf, of: even, [1]).remarks.isEmpty)
        #expect(try SmallRun.figures(.sglang, of: even, [1]).remarks == [.peakBySeconds])
    }

    @Test("Sentences count in the singular, too")
    func words() {
        let one = ToolRemark.onlyCompleted(lost: 1, requests: 1, tokens: 1).sentence
        #expect(
            one == "only completed requests count: 1 of 1 request is in no latency, and 1 token "
                + "that came before the end in no throughput")
        #expect(
            MissingReason.noSend(requests: 2).sentence
                == "`sent` is not known of 2 requests, and there latencies count from the send")
    }
}
