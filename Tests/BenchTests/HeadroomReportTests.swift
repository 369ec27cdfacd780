import Console
import Host
import JSON
import PlainText
import Testing
import Workload

@testable import Bench

@Suite struct HeadroomReportTests {
    private static func driven(
        busy: Double, lateNs: Int64 = 0, sends: UInt64 = 1_000,
        rates: LoadPeak = LoadPeak(
            streams: 200, requestsPerSecond: 100, tokensPerSecond: 10_000)
    ) -> ClientCapacity.Driven {
        ClientCapacity.Driven(
            rates: rates, busy: busy, cores: busy, latenessP99Ns: lateNs, sends: sends)
    }

    // MARK: The client's limit

    @Test func theLimitIsWhereTheLoopIsFull() {
        let capacity = ClientCapacity(Self.driven(busy: 0.1))
        #expect(abs(capacity.limit.tokensPerSecond - 80_000) < 1e-6)
        #expect(abs(capacity.limit.requestsPerSecond - 800) < 1e-6)
        #expect(abs(capacity.limit.streams - 1_600) < 1e-6)
        #expect(capacity.bound == .busy && capacity.isExtrapolated)
    }

    @Test func aFullLoopIsMeasured() {
        let capacity = ClientCapacity(Self.driven(busy: 1))
        #expect(abs(capacity.limit.tokensPerSecond - 8_000) < 1e-6 && !capacity.isExtrapolated)
    }

    @Test func latenessIsALimitInProportion() {
        let late = ClientCapacity(Self.driven(busy: 0.1, lateNs: 500_000))
        #expect(late.bound == .lateness && late.isExtrapolated)
        #expect(abs(late.limit.tokensPerSecond - 20_000) < 1e-6)
        // The audit judges no lateness of so few.
        let few = ClientCapacity(Self.driven(busy: 0.1, lateNs: 2_000_000, sends: 99))
        #expect(few.bound == .busy && few.limit.tokensPerSecond > 70_000)
        let prompt = ClientCapacity(Self.driven(busy: 0.1, lateNs: 100_000))
        #expect(prompt.bound == .busy)
    }

    private static func half(busy: Double, lateNs: Int64) -> ClientCapacity.Driven {
        driven(
            busy: busy, lateNs: lateNs,
            rates: LoadPeak(streams: 100, requestsPerSecond: 50, tokensPerSecond: 5_000))
    }

    @Test(
        arguments: [
            // Halfway between 0.5 ms and 1.5 ms.
            (1_500_000, 500_000, 7_500), (100_000_000, 0, 5_050), (1_100_000, 990_000, 5_454.5),
            // Late at the half, too.
            (3_000_000, 2_000_000, 2_500), (500_000_000, 400_000_000, 500),
        ] as [(Int64, Int64, Double)])
    func aLateLoadIsDrivenAtTheHalf(late: Int64, half: Int64, tokens: Double) {
        let capacity = ClientCapacity(
            Self.driven(busy: 0.3, lateNs: late), half: Self.half(busy: 0.15, lateNs: half))
        #expect(Self.driven(busy: 0.3, lateNs: late).isLate)
        #expect(abs(capacity.limit.tokensPerSecond - tokens) < 1)
        #expect(capacity.bound == .lateness && !capacity.isExtrapolated)
    }

    @Test func aFullHalfIsTheLimitEvenWhereItIsNotLate() {
        let capacity = ClientCapacity(
            Self.driven(busy: 1, lateNs: 1_100_000), half: Self.half(busy: 1, lateNs: 0))
        #expect(capacity.bound == .busy && abs(capacity.limit.tokensPerSecond - 4_000) < 1e-6)
    }

    @Test func amongOthersThePriorityIsALimit() {
        let capacity = ClientCapacity(Self.driven(busy: 0.1), isCrowded: true)
        #expect(capacity.bound == .priority)
        #expect(abs(capacity.limit.tokensPerSecond - 50_000) < 1e-6)
        let report = Self.report(node: { $0.othersCores = 3.5 })
        #expect(report.advice.count == 1 && report.advice[0].contains("3.50 of 4.00 cores"))
        #expect(report.needs.first { $0.kind == .cores }?.available == 0.5)
        #expect(Self.report(node: { $0.othersCores = 3 }).advice.isEmpty)
    }

    @Test func twoTrialsTellATokenFromARequest() {
        // 4 us a token and 50 us a request.
        let long = Self.driven(busy: 10_000 * 4e-6 + 100 * 50e-6)
        let short = Self.driven(
            busy: 500 * 4e-6 + 500 * 50e-6,
            rates: LoadPeak(streams: 5, requestsPerSecond: 500, tokensPerSecond: 500))
        let capacity = ClientCapacity(long, requests: short)
        #expect(abs(capacity.tokenNs - 4_000) < 1e-3 && abs(capacity.requestNs - 50_000) < 1e-3)
    }

    @Test(arguments: [(0.5, 0.0001), (0.0001, 0.5), (0.2, 0.2)])
    func costsAreNeverNegative(long: Double, short: Double) {
        let requests = Self.driven(
            busy: short,
            rates: LoadPeak(streams: 5, requestsPerSecond: 500, tokensPerSecond: 500))
        let capacity = ClientCapacity(Self.driven(busy: long), requests: requests)
        #expect(capacity.tokenNs >= 0 && capacity.requestNs >= 0)
        let idle = ClientCapacity(Self.driven(busy: 0))
        #expect(idle.limit.tokensPerSecond.isFinite)
    }

    // MARK: Needs and verdict

    @Test(
        arguments: [
            (0, .fits), (0.5, .fits), (0.51, .tight), (1, .tight), (1.01, .doesNotFit),
            (.infinity, .doesNotFit),
        ] as [(Double, HeadroomVerdict)])
    func theVerdictFollowsTheShare(share: Double, verdict: HeadroomVerdict) {
        #expect(HeadroomVerdict(share: share) == verdict)
    }

    private static func report(
        planned: Double = 0.1, agents: Int = 1,
        plan change: (inout HeadroomPlan) -> Void = { _ in },
        node: (inout NodeResources) -> Void = { _ in }
    ) -> HeadroomReport {
        let driven = driven(busy: 0.4)
        var plan = HeadroomPlan(
            agents: agents, peak: driven.rates.times(planned), promptTokens: 100, requests: 1_000)
        change(&plan)
        var resources = NodeResources(
            processors: 4, openFiles: 4_096, ports: 28_232, memoryBytes: 8_000_000_000)
        node(&resources)
        return HeadroomReport(
            plan, ClientCapacity(driven), .init(busy: 0.3, sent: 1), resources,
            host: "vm")
    }

    private func need(_ kind: HeadroomNeed.Kind, _ report: HeadroomReport) throws -> HeadroomNeed {
        try #require(report.needs.first { $0.kind == kind })
    }

    @Test func needsAreThoseOfThePlan() throws {
        let report = Self.report(planned: 0.5, agents: 3)
        #expect(abs(try need(.client, report).share - 0.25) < 1e-9)
        #expect(abs(try need(.cores, report).needed - 3 * 0.2) < 1e-9)
        #expect(try need(.openFiles, report).needed == 100 + 128)
        #expect(try need(.ports, report).needed == 300)
        #expect(try need(.memory, report).available == 8e9)
        #expect(report.verdict == .fits && report.verdictWords == "fits 4 times")
        #expect(report.advice.isEmpty)
    }

    @Test func connectionsDecideThePorts() throws {
        let fresh = Self.report(plan: { $0.connections = .fresh })
        // Twenty streams, and ten requests a second whose ports are kept for a minute.
        #expect(try need(.ports, fresh).needed == 20 + 600)
        let limited = Self.report(plan: { $0.connections = .limited(8) })
        #expect(try need(.ports, limited).needed == 8)
        let spread = Self.report(plan: { $0.addresses = 4 })
        #expect(try need(.ports, spread).needed == 5)
        let local = Self.report(plan: { $0.addresses = 0 })
        #expect(!local.needs.contains { $0.kind == .ports })
    }

    @Test(
        arguments: [
            (.openFiles, "ulimit -n"), (.ports, "ip_local_port_range"), (.memory, "memory"),
            (.cores, "start fewer"),
        ] as [(HeadroomNeed.Kind, String)])
    func whatIsScarceIsSaidWithARemedy(kind: HeadroomNeed.Kind, words: String) throws {
        let report = Self.report(
            agents: kind == .cores ? 400 : 1,
            node: {
                if kind == .openFiles { $0.openFiles = 140 }
                if kind == .ports { $0.ports = 15 }
                if kind == .memory { $0.memoryBytes = 1_000_000 }
                if kind == .cores { ($0.ports, $0.memoryBytes) = (nil, nil) }
            })
        #expect(report.scarcest.kind == kind && report.verdict != .fits)
        #expect(report.advice.count == 1 && report.advice[0].contains(words), "\(report.advice)")
    }

    @Test func layoutIsSaidOnlyWhereItMatters() {
        let two = Self.report(node: {
            $0.numaNodes = [
                .init(number: 0, processors: [0, 1]), .init(number: 1, processors: [2, 3]),
            ]
            $0.interfaces = [.init(name: "eth0", numaNode: 1)]
            $0.governors = ["powersave"]
        })
        #expect(two.advice.count == 2)
        #expect(two.advice[0].contains("numactl --cpunodebind=1") && two.verdict == .fits)
        #expect(two.advice[1].contains("powersave"))
        let one = Self.report(node: {
            $0.numaNodes = [.init(number: 0, processors: [0, 1, 2, 3])]
            $0.governors = ["performance"]
        })
        #expect(one.advice.isEmpty)
    }

    @Test func aSourceThatWasTheLimitIsSaid() {
        var report = Self.report()
        report.source = .init(busy: 0.97, sent: 0.6)
        #expect(report.advice.count == 1 && report.advice[0].contains("local source was full"))
        #expect(!HeadroomReport.SourceUse(busy: 0.97, sent: 0.99).isLimit)
        report.source = .init(busy: 0.2, sent: 0.6)
        #expect(report.advice.isEmpty)
    }

    // MARK: Text and JSON

    @Test(arguments: [0.001, 0.1, 1.5, 4])
    func itIsOneScreen(planned: Double) throws {
        let report = Self.report(
            planned: planned, plan: { $0.speaksTLS = true },
            node: {
                $0.openFiles = .max
                $0.governors = ["powersave"]
            })
        let lines = report.lines(style: .plain)
        #expect(lines.count < 24 && lines.allSatisfy { $0.count <= consoleWidth }, "\(lines)")
        #expect(lines[0].contains(report.verdictWords))
        #expect(lines.contains { $0.contains("no bound") })
    }

    @Test func theJSONHasTheSameFigures() throws {
        let report = Self.report(planned: 4)
        let json = try JSONValue(parsing: report.json.serialized)
        #expect(json["verdict"]?.string == "does_not_fit" && report.verdict == .doesNotFit)
        #expect(json["plan"]?["tokens_per_s"]?.double == 40_000)
        #expect(json["limit"]?["extrapolated"]?.bool == true)
        #expect(json["limit"]?["by"]?.string == "busy")
        #expect(json["needs"]?.array?.count == 5)
        #expect(json["needs"]?.array?.first?["share"]?.double == report.share)
    }
}
