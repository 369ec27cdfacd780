import AgentCore
import CoordinatorCore
import PlainText
import RunRecord
import Simulation
import Testing
import TimeBase
import TokenLog

private func hasRun(_ outcome: RunOutcome) -> Bool {
    if case .ran = outcome.ending.kind { true } else { false }
}

@Suite("Whole runs in virtual time")
struct RunSimulationTests {
    @Test(
        "A thousand worlds with up to three faults keep every promise",
        arguments: WorldSeeds.hundreds)
    func thousandWorlds(seeds: Range<UInt64>) throws {
        var ran = 0
        var gaps = 0
        var interrupted = 0
        for seed in seeds {
            let faults = RunFaults(agents: 1 + Int(seed % 3), count: Int(seed % 4))
            let outcome = try RunSimulation(seed: seed, faults: faults).run()
            ran += hasRun(outcome) ? 1 : 0
            gaps += outcome.gaps.count
            interrupted += outcome.ending.interrupted ? 1 : 0
        }
        // The worlds must have been hard enough to prove anything, and not so hard that nothing
        // ran: no hundred of 20,000 worlds is near these bounds.
        #expect(ran > 60 && ran < 98)
        #expect(gaps > 5 && gaps + interrupted > 10)
    }

    @Test("Undisturbed, every request of the plan has its one outcome, and nothing is lost")
    func undisturbed() throws {
        var completed = 0
        var again = 0
        var waited = 0
        for seed in 0..<60 as Range<UInt64> {
            let outcome = try RunSimulation(
                seed: seed, faults: RunFaults(agents: 1 + Int(seed % 3))
            ).run()
            #expect(
                outcome.ending
                    == RunEnding(kind: .ran, interrupted: false, lossless: true))
            #expect(outcome.exits.allSatisfy { $0 == .done })
            #expect(outcome.merged == outcome.logged)
            for request in outcome.merged {
                let finish = try #require(request.finish)
                #expect(finish.outcome != .unfinished)
                #expect((request.sent == nil) == (finish.outcome == .notNeeded))
                completed += finish.outcome == .completed ? 1 : 0
                again += Int(request.id) >= outcome.planned ? 1 : 0
                if let sent = request.sent, sent.free > sent.scheduled { waited += 1 }
            }
        }
        #expect(completed > 300)
        // Closed loops that used their sessions up, and open ones that were bounded.
        #expect(again > 20 && waited > 20)
    }

    @Test("Pauses and slow disks cost time and nothing else")
    func harmless() throws {
        for seed in 0..<60 as Range<UInt64> {
            let faults = RunFaults(agents: 2, count: 4, kinds: RunFault.harmless)
            let outcome = try RunSimulation(seed: seed, faults: faults).run()
            #expect(outcome.ending.lossless && hasRun(outcome))
            #expect(outcome.merged == outcome.logged)
            #expect(outcome.exits == [.done, .done])
        }
    }

    @Test("An agent that is lost changes no record and no send time of another")
    func othersAreUntouched() throws {
        var compared = 0
        for seed in 0..<160 as Range<UInt64> {
            let faults = RunFaults(
                agents: 3, count: 1, kinds: RunFault.ofOneAgent, from: .milliseconds(3_000),
                until: .milliseconds(6_500))
            let disturbed = try RunSimulation(seed: seed, faults: faults).run()
            let calm = try RunSimulation(seed: seed, faults: RunFaults(agents: 3)).run()
            guard hasRun(disturbed), let start = disturbed.start,
                let fault = disturbed.firstFault, fault > start
            else { continue }
            #expect(disturbed.start == calm.start)
            let merged = Dictionary(
                disturbed.merged.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            for request in calm.logged where !disturbed.struck.contains(request.agent) {
                #expect(merged[request.id] == request)
            }
            compared += disturbed.gaps.count
        }
        #expect(compared > 20)
    }

    @Test("A person who stops the run gets every record that there is")
    func interrupted() throws {
        var stopped = 0
        for seed in 0..<40 as Range<UInt64> {
            let faults = RunFaults(
                agents: 2, count: 1, kinds: [.interrupted], from: .milliseconds(500))
            let outcome = try RunSimulation(seed: seed, faults: faults).run()
            guard outcome.ending.interrupted, hasRun(outcome) else { continue }
            #expect(outcome.ending.lossless)
            #expect(outcome.merged == outcome.logged)
            #expect(outcome.merged.allSatisfy { $0.finish != nil })
            stopped += outcome.merged.contains { $0.finish?.outcome == .unfinished } ? 1 : 0
        }
        #expect(stopped > 3)
    }

    @Test(
        "After the last stage requests in flight have the drain time and are cut then, each named",
        arguments: [0, 30, 300] as [Int64])
    func drained(ms: Int64) throws {
        var cut = 0
        var completed = 0
        for seed in 0..<60 as Range<UInt64> {
            let outcome = try RunSimulation(
                seed: seed, faults: RunFaults(agents: 1 + Int(seed % 3), drain: .milliseconds(ms))
            ).run()
            #expect(
                outcome.ending
                    == RunEnding(kind: .ran, interrupted: false, lossless: true))
            #expect(outcome.exits.allSatisfy { $0 == .done })
            #expect(outcome.merged == outcome.logged)
            for request in outcome.merged {
                let finish = try #require(request.finish)
                let wasSent = request.sent != nil
                #expect(wasSent == (finish.outcome != .notNeeded))
                #expect(
                    (finish.outcome == .unfinished) == (wasSent && finish.error?.kind == .drained))
                cut += finish.outcome == .unfinished ? 1 : 0
                completed += finish.outcome == .completed ? 1 : 0
            }
        }
        #expect(cut > 10 && completed > 100)
    }

    @Test("Links that are cut or go silent during the load cost nothing: no record, no send time")
    func cutOff() throws {
        var returns = 0
        var orphans = 0
        for seed in 0..<150 as Range<UInt64> {
            let faults = RunFaults(
                agents: 2, count: 1 + Int(seed % 3), kinds: RunFault.ofLinks,
                from: .milliseconds(2_500), until: .milliseconds(7_000))
            let outcome = try RunSimulation(seed: seed, faults: faults).run()
            guard hasRun(outcome), outcome.struck.isEmpty else { continue }
            let calm = try RunSimulation(seed: seed, faults: RunFaults(agents: 2)).run()
            #expect(outcome.ending.lossless)
            #expect(outcome.merged == outcome.logged)
            #expect(outcome.logged == calm.logged)
            returns += outcome.returns
            orphans += outcome.exits.filter { $0 != .done }.count
        }
        // Whose dismissal was lost with the link cannot know of it; others know.
        #expect(orphans < 40)
        #expect(returns > 100)
    }

    @Test("Cut off while it is ready and others are not, an agent comes back and the run begins")
    func cutOffBeforeTheStart() throws {
        var begun = 0
        for seed in 0..<200 as Range<UInt64> {
            let faults = RunFaults(
                agents: 3, count: 1, kinds: [.linkCut, .linkHalfCut, .linkSilent],
                from: .milliseconds(900), until: .milliseconds(1_900))
            let outcome = try RunSimulation(seed: seed, faults: faults).run()
            guard let start = outcome.start, let fault = outcome.firstFault, fault < start,
                outcome.returns > 0, outcome.ending.lossless
            else { continue }
            #expect(outcome.merged == outcome.logged)
            #expect(outcome.exits.allSatisfy { $0 == .done })
            begun += 1
        }
        #expect(begun > 40)
    }

    @Test(
        "Cut off for a while or for good, interrupted, paused, on slow disks: promises are kept",
        arguments: WorldSeeds.hundreds)
    func cutOffAmongOthers(seeds: Range<UInt64>) throws {
        var returns = 0
        for seed in seeds {
            let kinds = RunFault.ofLinks.union(RunFault.harmless).union([.interrupted, .longOutage])
            let faults = RunFaults(
                agents: 1 + Int(seed % 3), count: 4, kinds: kinds, from: .milliseconds(2_500))
            returns += try RunSimulation(seed: seed, faults: faults).run().returns
        }
        #expect(returns > 50)
    }

    @Test("One seed is one world")
    func determinism() throws {
        let faults = RunFaults(agents: 2, count: 3)
        for seed in 0..<20 as Range<UInt64> {
            let first = try RunSimulation(seed: seed, faults: faults).run()
            #expect(try RunSimulation(seed: seed, faults: faults).run() == first)
        }
        let one = try RunSimulation(seed: 1, faults: faults).run()
        #expect(try RunSimulation(seed: 2, faults: faults).run().traceHash != one.traceHash)
    }

    @Test(
        "A clock's reading and its instant are each other's inverse",
        arguments: [-250_000, 0, 37, 250_000])
    func clocks(ratePPB: Int64) {
        let clock = VirtualClock(offsetNs: -7_000_000_000_123, ratePPB: ratePPB)
        for step in 0..<200 as Range<Int64> {
            let reading = clock.reading(at: LocalInstant(ns: step * 599_999_983))
            let instant = clock.instant(of: reading)
            #expect(clock.reading(at: instant) >= reading)
            #expect(clock.reading(at: LocalInstant(ns: instant.ns - 1)) < reading)
        }
    }
}
