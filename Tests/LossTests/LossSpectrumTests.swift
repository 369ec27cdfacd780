import Goodput
import Testing

@testable import Loss

/// Losses at many speeds in one pass are those of a pass a speed.
@Suite struct LossSpectrumTests {
    static let speeds = [700.0, 90, 31.7, 12, 3, 1]
    static let width = 2

    private func spectrum(_ run: RandomRun) throws -> LossSpectrum {
        var spectrum = LossSpectrum(
            over: run.interval, secondsPerBin: Self.width, readers: run.readers,
            speeds: Self.speeds, stripOfAgent: [1, nil, 0])
        for (request, parts) in zip(run.requests, run.parts) {
            try spectrum.add(
                request, agentIndex: parts.agentIndex, classIndex: parts.classIndex)
        }
        return spectrum
    }

    /// The loss of the run where all read at `speed` and idle time weighs `alpha`.
    private func attributed(
        _ run: RandomRun, speed: Double, alpha: Double
    ) throws -> LossFigures {
        var readers: [Reader] = []
        for reader in run.readers {
            var parameters = reader.parameters
            (parameters.readingSpeed, parameters.alpha) = (speed, alpha)
            readers.append(try Reader(parameters))
        }
        var loss = LossAttribution(
            over: run.interval, agents: RandomRun.agents, readers: readers)
        for (request, parts) in zip(run.requests, run.parts) { try loss.add(request, of: parts) }
        return loss.figures()
    }

    private func joined(_ values: [Double], _ bins: Int) -> [Double] {
        var joined = [Double](repeating: 0, count: bins)
        for (second, value) in values.enumerated() { joined[second / Self.width] += value }
        return joined
    }

    /// Telescoped sums are as exact as the greatest of their terms lets them be.
    private func agree(_ a: [Double], _ b: [Double], _ scale: Double) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { ($0 - $1).magnitude <= 1e-9 * max(1, scale) }
    }

    @Test(arguments: LossPropertyTests.seeds)
    func everyCauseAndBin(seed: UInt64) throws {
        let run = try RandomRun(seed: seed)
        let spectrum = try spectrum(run)
        for (index, speed) in Self.speeds.enumerated() {
            for alpha in [0, 1, 0.4] {
                let loss = try attributed(run, speed: speed, alpha: alpha).whole
                let scale = LossCause.allCases.reduce(0) { $0 + loss[$1].magnitude }
                for cause in LossCause.allCases {
                    let own = zip(
                        spectrum.weightless(cause), spectrum.losses(cause, speed: index)
                    ).map { $0 + alpha * $1 }
                    let told = joined(loss.timeline(of: cause), spectrum.bins)
                    #expect(agree(own, told, scale), "\(cause) at \(speed), weight \(alpha)")
                }
            }
        }
    }

    @Test(arguments: LossPropertyTests.seeds.prefix(40))
    func stripsAreTheAgents(seed: UInt64) throws {
        let run = try RandomRun(seed: seed)
        let spectrum = try spectrum(run)
        for (strip, agent) in [(0, 2), (1, 0)] {
            for (index, speed) in Self.speeds.enumerated() {
                let loss = try attributed(run, speed: speed, alpha: 1).agents[agent]
                let own = zip(
                    spectrum.weightless(strip: strip), spectrum.losses(strip: strip, speed: index)
                ).map(+)
                let told = joined(loss.lostBySecond, spectrum.bins)
                #expect(agree(own, told, told.reduce(0) { $0 + $1.magnitude }))
            }
            let tokens = zip(run.requests, run.parts).filter { $1.agentIndex == agent }
                .flatMap(\.0.tokens).reduce(0) { $0 + Double($1.count) }
            #expect(spectrum.delivered(strip: strip).reduce(0, +) == tokens)
        }
    }

    /// A penalty beyond all numbers leaves sums that are some.
    @Test func numbersStayNumbers() throws {
        let request = RequestTimes(
            id: 0, scheduled: 0,
            tokens: [TokenEvent(time: 900_000_000_000), TokenEvent(time: 1_900_000_000_000)],
            finish: 1_900_000_000_000)
        let reader = try Reader(ScoringParameters(penalty: .exponential(tau: 0.01)))
        var spectrum = LossSpectrum(
            over: try ServingInterval(begin: 0, end: request.finish), secondsPerBin: 20,
            readers: [reader], speeds: [10], stripOfAgent: [nil])
        try spectrum.add(request, agentIndex: 0, classIndex: 0)
        let lost = LossCause.allCases.flatMap { spectrum.losses($0, speed: 0) }
        #expect(lost.allSatisfy { $0.isFinite })
        #expect(lost.reduce(0, +) == SpectrumWaits.most)
    }

    @Test func timesThatCannotBeAreNamed() throws {
        var spectrum = LossSpectrum(
            over: try ServingInterval(begin: 0, end: 10), secondsPerBin: 1,
            readers: [try Reader(.default)], speeds: [10], stripOfAgent: [nil])
        let tokens = [TokenEvent(time: 5), TokenEvent(time: 4)]
        let request = RequestTimes(id: 3, scheduled: 0, tokens: tokens, finish: 9)
        #expect(
            throws: ScoringError.request(id: 3, defect: .decreasing(token: 4, before: 5))
        ) { try spectrum.add(request, agentIndex: 0, classIndex: 0) }
    }
}
