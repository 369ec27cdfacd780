import Host
import Results
import Testing
import TimeBase
import TokenLog
import Workload

@testable import Bench

/// The client against the local source, on real sockets of the loopback.
@Suite(.serialized) struct HeadroomMeasurementTests {
    private static let plan = HeadroomPlan(
        agents: 1,
        peak: LoadPeak(streams: 20, requestsPerSecond: 20, tokensPerSecond: 400),
        promptTokens: 16, requests: 100)

    private func report(_ plan: HeadroomPlan) throws -> HeadroomReport {
        try HeadroomMeasurement(plan, on: NodeResources.read(), priority: .realTime)
            .report(within: .milliseconds(1_200), host: "here")
    }

    @Test func itDrivesTwiceThePlanAndMore() throws {
        let report = try report(Self.plan)
        let driven = report.capacity.driven
        #expect(driven.rates.tokensPerSecond > 800, "\(driven)")
        #expect(driven.rates.requestsPerSecond > 40, "\(driven)")
        #expect(driven.busy > 0 && driven.busy <= 1 && driven.cores > 0)
        #expect(report.source.busy > 0 && report.source.sent > 0)
        #expect(report.capacity.tokenNs > 0 || report.capacity.requestNs > 0)
        #expect(report.needs.map(\.kind).starts(with: [.client, .cores, .openFiles]))
    }

    /// The client's faults under a load of `peak`, as the audit of a run sees them.
    private func limits(under peak: LoadPeak) throws -> [String] {
        var plan = Self.plan
        plan.peak = peak
        let driven = try report(plan).capacity.driven
        var audit = ClientAudit()
        audit.sends = driven.sends
        audit.latenessP99Ns = driven.latenessP99Ns
        audit.busyPermille = UInt16(driven.busy * 1_000)
        audit.wallNs = ClientAudit.shortestNs
        return audit.limits
    }

    /// A run at half of the limit is one that the audit finds valid: the plan that takes a quarter
    /// of it is driven at twice its peak.
    ///
    /// A machine on which others are at work lets even a small load leave late: then nothing is
    /// known, and the next attempt is made.
    @Test func halfOfTheLimitIsValid() throws {
        let limit = try report(Self.plan).capacity.limit
        var failures: [[String]] = []
        for _ in 0..<6 where failures.count < 3 {
            let problems = try limits(under: limit.times(0.25))
            if problems.isEmpty { return }
            if try limits(under: Self.plan.peak).isEmpty { failures.append(problems) }
        }
        #expect(failures.count < 3, "\(failures)")
    }

    @Test func connectionsOfTheirOwnAreDrivenToo() throws {
        var plan = Self.plan
        plan.connections = .fresh
        plan.endpoint = .completions
        #expect(try report(plan).capacity.driven.rates.tokensPerSecond > 800)
    }

    @Test func onlyMuchIsLookedAtBeforeARun() {
        #expect(!HeadroomMeasurement.isNotable(Self.plan.peak))
        let notable = HeadroomMeasurement.notable
        #expect(!HeadroomMeasurement.isNotable(notable))
        for change in [\LoadPeak.streams, \.requestsPerSecond, \.tokensPerSecond] {
            var peak = Self.plan.peak
            peak[keyPath: change] = notable[keyPath: change] * 1.01
            #expect(HeadroomMeasurement.isNotable(peak))
        }
    }
}
