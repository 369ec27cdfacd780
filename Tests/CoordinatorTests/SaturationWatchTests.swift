import Testing
import TimeBase
import TokenLog
import Workload

@testable import Coordinator

/// Servers that keep up or do not, seen through records that come late.
@Suite struct SaturationWatchTests {
    private static let plan = try! WorkloadPlan.make(
        WorkloadSpec(
            stages: [
                StageSpec(load: .open(.poisson(rate: 20)), durationNs: 60_000_000_000)
            ],
            classes: [
                ClassSpec(name: "all", lengths: .independent(input: .fixed(4), output: .fixed(3)))
            ]), seed: 7)
    private static let start = LocalInstant(ns: 5_000_000_000)

    /// When the watch speaks, s after the start; nil for never.
    ///
    /// - Parameters:
    ///   - agents: Requests go to them in turn.
    ///   - delays: How long each agent's records are under way, s.
    ///   - service: Between two first tokens of the one server, s.
    private func alarm(agents: Int, delays: [Double], service: Double) -> Double? {
        let requests = Self.plan.requests
        let shards = (0..<agents).map { agent in
            requests.indices.filter { $0 % agents == agent }.map { requests[$0] }
        }
        guard var watch = SaturationWatch(Self.plan, dealt: shards) else { return nil }
        var free = 0.0
        var records: [(here: Double, agent: Int, batch: LogBatch)] = []
        for (index, request) in requests.enumerated() {
            let id = UInt32(index)
            let agent = index % agents
            let due = Double(request.scheduledNs!) / 1e9
            free = max(free, due) + service
            var sent = LogBatch()
            let instant = Self.start + TimeSpan(ns: request.scheduledNs!)
            sent.sent = [
                SentRecord(request: id, scheduled: instant, sent: instant, target: 0)
            ]
            var answer = LogBatch()
            answer.finishes = [
                FinishRecord(
                    request: id, at: Self.start + TimeSpan(ns: Int64(free * 1e9)),
                    outcome: .completed)
            ]
            records.append((due + delays[agent], agent, sent))
            records.append((free + delays[agent], agent, answer))
        }
        records.sort { $0.here < $1.here }
        var next = 0
        for tick in 1...600 {
            let now = Double(tick) / 10
            while next < records.count, records[next].here <= now {
                watch.add(records[next].batch, of: records[next].agent)
                next += 1
            }
            let instant = Self.start + TimeSpan(ns: Int64(tick) * 100_000_000)
            if watch.look(at: instant, start: Self.start) != nil { return now }
        }
        return nil
    }

    /// Records that a slow disk or link holds back are no backlog of the servers.
    @Test(arguments: [0, 3, 8])
    func lateRecordsAreNoBacklog(delay: Double) {
        #expect(alarm(agents: 1, delays: [delay], service: 0.01) == nil)
        #expect(alarm(agents: 2, delays: [0, delay], service: 0.01) == nil)
    }

    /// A server with half of what is asked for is found, later by as much as its records are late.
    @Test(arguments: [0, 3, 8])
    func anOverloadIsFoundBehindLateRecords(delay: Double) throws {
        let one = try #require(alarm(agents: 1, delays: [delay], service: 0.1))
        #expect(one >= 10 + delay && one <= 16 + delay, "\(one) s")
        let two = try #require(alarm(agents: 2, delays: [0, delay], service: 0.1))
        #expect(two >= 10 + delay && two <= 16 + delay, "\(two) s")
    }

    /// An agent that nothing is known of says nothing of its servers; without requests it does not
    /// count.
    @Test func agentsWithoutRecords() {
        #expect(alarm(agents: 2, delays: [0, 100], service: 0.1) == nil)
        let shards = [Self.plan.requests, []]
        #expect(SaturationWatch(Self.plan, dealt: shards) != nil)
    }
}
