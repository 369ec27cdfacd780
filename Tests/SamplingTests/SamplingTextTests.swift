import Testing

@testable import Sampling

/// The sentences of the statistics page.
@Suite struct SamplingTextTests {
    private func steady(_ verdict: SteadyState.Verdict) -> SteadyState { SteadyState(verdict) }

    private func figure(_ value: Double, _ low: Double?, _ high: Double?) -> FigureSample {
        var figure = FigureSample(
            rateOf: value, over: 1, ArrivalSpread(powers: [], white: 0, ratio: 0), loss: 0,
            length: 1, SteadyState(.stages))
        figure.low = low
        figure.high = high
        figure.noInterval = low == nil ? .wanders : nil
        return figure
    }

    @Test func intervals() {
        var steady = steady(.steady)
        steady.window = 45_000_000_000..<415_000_000_000
        steady.relaxation = 24
        #expect(SamplingText.interval(figure(1271.4, 1243, 1299)) == "95 % CI 1243..1299")
        #expect(
            SamplingText.steadyLine(
                of: "smooth goodput", figure(1312, 1290, 1334), steady, from: 5_000_000_000)
                == "steady 0:40..6:50   1312.0   95 % CI 1290..1334   queue forgets in 24 s")
        steady.relaxation = 87
        #expect(
            SamplingText.interval(of: "smooth goodput", figure(1312, nil, nil), steady)
                == "no interval: smooth goodput follows the queue, which forgets in 87 s: "
                + "run 29 min, or --repeat 5")
    }

    @Test func tooShort() {
        var short = steady(.tooShort(.residence))
        short.window = 0..<50_820_000_000
        short.residence = 7.7
        short.needs = 92.4
        #expect(
            SamplingText.sentence(short.verdict, short)
                == "no interval: 51 s of arrivals are 6.6 times a request's stay (7.7 s), 12 are "
                + "the least: run 93 s, or --repeat 5")
        var few = steady(.tooShort(.count))
        few.seen = 18
        #expect(
            SamplingText.sentence(few.verdict, few)
                == "no interval: 18 requests, 30 are the least")
        few.seen = 1
        #expect(SamplingText.sentence(few.verdict, few).contains("1 request, 30"))
        few.requests = 99
        #expect(SamplingText.sentence(few.verdict, few).contains("time per token"))
        var memory = steady(.tooShort(.relaxation))
        memory.window = 0..<60_000_000_000
        memory.relaxation = 20
        memory.needs = 100
        #expect(
            SamplingText.sentence(memory.verdict, memory)
                == "no interval: 60 s of arrivals are 3.0 times as long as the queue remembers "
                + "(20 s), 5 are the least: run 100 s, or --repeat 5")
        var cut = steady(.tooShort(.unfinished))
        cut.seen = 11
        #expect(
            SamplingText.sentence(cut.verdict, cut)
                == "no interval: 11 requests before the first one that the run's end cut off, "
                + "30 are the least: let requests finish, or run longer")
    }

    @Test func notSteady() {
        var pace = steady(.drifting(.pace))
        pace.paceChange = 0.18
        pace.paceRange = 0.18
        #expect(
            SamplingText.sentence(pace.verdict, pace)
                == "not steady: time per token rose by 18 % at equal load: see clocks, "
                + "temperature, cache")
        pace.paceChange = -0.1
        #expect(SamplingText.sentence(pace.verdict, pace).contains("fell by 10 %"))
        pace.paceChange = 0.01
        #expect(SamplingText.sentence(pace.verdict, pace).contains("varied by 18 %"))
        pace.verdict = .tooShort(.pace)
        pace.paceChange = 0.18
        pace.needs = 30
        #expect(
            SamplingText.sentence(pace.verdict, pace)
                == "no interval: time per token may have risen by 18 % at equal load: too short a "
                + "run to tell; run 30 s, or --repeat 5")
        var arrivals = steady(.drifting(.arrivals))
        arrivals.arrivalsGrew = true
        #expect(SamplingText.sentence(arrivals.verdict, arrivals) == "not steady: arrivals grew")
        arrivals.arrivalsGrew = false
        #expect(SamplingText.sentence(arrivals.verdict, arrivals) == "not steady: arrivals fell")
        #expect(
            SamplingText.sentence(.drifting(.late), steady(.drifting(.late)))
                == "not steady: in flight still rising after a third of the run: add warm-up")
        var over = steady(.overloaded)
        over.backlogGrowth = 0.7
        over.arrivalRate = 4
        over.backlog = [1, 20, 50, 85.2]
        #expect(
            SamplingText.sentence(over.verdict, over)
                == "overloaded: 0.7 of 4.0 requests/s are not served, 85 wait for a first token: "
                + "figures depend on the run's length; lower the rate")
    }

    @Test func percentiles() {
        let flat = ArrivalSpread(powers: Array(repeating: 1, count: 24), white: 1, ratio: 0)
        var sample = PercentileSample(
            0.99, value: 3.4e8, beyond: 2, count: 260, flat, length: 1, SteadyState(.steady))
        #expect(
            SamplingText.percentile("TTFT p99", sample, requests: 260)
                == "TTFT p99 -  (260 requests, 500 are the least)")
        sample.isShown = true
        sample.low = 3.1e8
        #expect(
            SamplingText.percentile("TTFT p99", sample, requests: 600)
                == "TTFT p99 310 ms at least")
        sample.high = 3.6e8
        #expect(
            SamplingText.percentile("TTFT p99", sample, requests: 600)
                == "TTFT p99 340 ms   95 % CI 310 ms..360 ms")
        sample.low = nil
        #expect(SamplingText.percentile("TTFT p99", sample, requests: 600).hasSuffix("at most"))
        let needs = [0.5, 0.9, 0.99, 0.999].map { q in
            PercentileSample(
                q, value: nil, beyond: 0, count: 0, flat, length: 1, SteadyState(.steady)
            ).needed
        }
        #expect(needs == [6, 50, 500, 5000])
    }

    @Test func comparisons() throws {
        let shown = try #require(Comparison(seeds: [131, 132, 130], [100, 100, 100]))
        #expect(
            shown.sentence(of: "TTFT", names: ("A", "B"))
                == "A 1.31 times B's TTFT, +31 % (+29..+33 %)")
        #expect(shown.remark == nil)
        let same = Comparison(
            paired: [0.2, 0.5, 0.8], a: [10, 11, 12], b: [10.5, 10.5, 12.132], length: 1,
            relaxation: nil)
        let sentence = same.sentence(of: "smooth goodput", names: ("A", "B"))
        #expect(sentence.hasPrefix("no difference shown: smooth goodput -0.4 % (-"))
        #expect(sentence.hasSuffix(" %), same plan, paired"))
        #expect(same.remark?.hasPrefix("one run each: ") == true)
        let nothing = try #require(Comparison(seeds: [1, 2, 3], [0, 0, 0]))
        #expect(nothing.sentence(of: "goodput", names: ("A", "B")).contains("+2.00 ("))
        #expect(
            Comparison.refusal(of: "goodput", .constant, SteadyState(.steady))
                .hasPrefix("not compared: no interval: "))
    }

    @Test func spans() {
        #expect(SamplingText.span(7.74) == "7.7 s")
        #expect(SamplingText.span(9.96) == "10 s")
        #expect(SamplingText.atLeast(92.4) == "93 s")
        #expect(SamplingText.atLeast(4.58) == "4.6 s")
        #expect(SamplingText.atLeast(1741) == "30 min")
        #expect(SamplingText.atLeast(119.2) == "2 min")
    }
}
