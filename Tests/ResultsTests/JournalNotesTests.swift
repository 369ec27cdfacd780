import ClockSync
import JournalSamples
import Results
import RunRecord
import Testing
import TimeBase
import TokenLog
import Wire
import Workload

@Suite("Sentences under a run's figures")
struct JournalNotesTests {
    private typealias Draft = JournalDraft

    /// A run of two agents with a request each, which `change` may change before it ends.
    private func scored(
        hosts: HostFacts = Draft.host, ready: [Ready] = [Draft.ready(), Draft.ready()],
        embedded: Bool = false, records: [LogRecord] = Draft.request(0, 0.1),
        _ change: (inout JournalDraft) -> Void = { _ in },
        opening: (inout RunOpening) -> Void = { _ in }
    ) throws -> ScoredJournal {
        var draft = Draft(agents: 2, requests: 2)
        opening(&draft.opening)
        draft.open()
        for agent in 0..<2 {
            draft.hear(
                .hello(Draft.hello(agent, host: hosts, embedded: embedded)), by: agent)
            draft.probe(agent, train: 0, at: -0.5)
            draft.deal([UInt32(agent)], to: agent) { _ in 100_000_000 }
            draft.hear(.ready(ready[agent]), by: agent)
        }
        for agent in 0..<2 { draft.start(agent) }
        change(&draft)
        draft.batch(0, records)
        draft.batch(1, Draft.request(1, 0.1))
        for agent in 0..<2 {
            draft.probe(agent, train: 1, at: 0.5)
            draft.end(agent, at: 1)
        }
        draft.end(at: 1.1)
        return try ScoredJournal(draft.source)
    }

    private func notes(_ scored: ScoredJournal, about words: String) -> [String] {
        scored.header.notes.filter { $0.contains(words) }
    }

    @Test("A run without anything odd has only the notes that it opened with")
    func none() throws {
        let scored = try scored(opening: { $0.notes = ["one", "two"] })
        #expect(scored.header.notes == ["one", "two"])
        #expect(scored.header.validity.verdict == .valid, "\(scored.header.validity)")
    }

    @Test("An interrupted run says so, and is partial")
    func interrupted() throws {
        let scored = try scored { $0.add(.interrupted(at: Draft.at(0.05))) }
        #expect(notes(scored, about: "was interrupted").count == 1)
        #expect(scored.header.interrupted && scored.header.validity.verdict == .partial)
        #expect(scored.header.lossless)
    }

    @Test("A run without encryption says so")
    func insecure() throws {
        #expect(
            try scored(opening: { $0.isInsecure = true }).header.notes == [
                "coordinator and agents spoke without encryption (--insecure)"
            ])
    }

    @Test("Certificates that nobody verified are named, the first and how many more")
    func unverified() throws {
        func ready(_ urls: [(String, Bool)]) -> Ready {
            Ready(
                connections: 1,
                targets: urls.map { url, isVerified in
                    TargetState(
                        url: url, model: "m", detail: "",
                        tls: TLSAgreement(version: "TLSv1.3", cipher: "c", isVerified: isVerified))
                })
        }
        let one = try scored(ready: [ready([("https://b", false)]), ready([("https://b", false)])])
        #expect(notes(one, about: "The certificate of https://b was not verified").count == 1)
        let more = try scored(
            ready: [
                ready([("https://c", false), ("https://a", true)]), ready([("https://b", false)]),
            ])
        #expect(notes(more, about: "The certificate of https://b and 1 more was not").count == 1)
        #expect(more.header.agents[0].targets.map(\.tls?.isVerified) == [false, true])
        let none = try scored(ready: [ready([("https://a", true)]), Draft.ready()])
        #expect(none.header.notes.isEmpty)
    }

    @Test("A remark is one sentence, whichever agents' targets it is of")
    func remarks() throws {
        func ready(_ remarks: [String]) -> Ready { Draft.ready(remarks: remarks) }
        let scored = try scored(ready: [
            ready(["takes no seed"]), ready(["is slow", "takes no seed"]),
        ])
        #expect(
            scored.header.notes == [
                "\(Draft.url) (node-1), \(Draft.url) (node-2) each takes no seed",
                "\(Draft.url) (node-2) is slow",
            ])
        let engine = try self.scored(ready: [ready(["is slow"]), ready([])], embedded: true)
        #expect(engine.header.notes == ["node-1's engine is slow"])
        #expect(engine.header.simulated != nil && scored.header.simulated == nil)
    }

    @Test("A host that reads its clock by a system call is named, the coordinator's own too")
    func clockCost() throws {
        var slow = Draft.host
        slow.readsClockBySystemCall = true
        slow.clockReadingNs = 641
        slow.clockSource = "hpet"
        let agents = notes(try scored(hosts: slow), about: "by a system call")
        #expect(agents.map { $0.prefix(6) } == ["node-1", "node-2"])
        #expect(agents.allSatisfy { $0.contains("641 ns") && $0.contains("hpet") })
        let own = notes(try scored(opening: { $0.host = slow }), about: "by a system call")
        #expect(own.count == 1 && own[0].hasPrefix("the coordinator reads"))
    }

    @Test("An agent that was cut off during the run and came back is named once")
    func away() throws {
        func away(_ from: Double, _ to: Double?, _ reason: String = "cut") -> RunFact {
            .absence(
                agent: 1,
                Absence(from: Draft.at(from), to: to.map { Draft.at($0) }, reason: reason))
        }
        let once = try scored { draft in
            draft.add(away(-3, -2))
            draft.add(away(0.2, nil))
            draft.add(away(0.2, 0.3))
        }
        #expect(
            notes(once, about: "was cut off") == [
                "node-2 was cut off from 200 ms to 300 ms (cut): its load went on, its records "
                    + "arrived afterwards, and its clock is less well known there."
            ])
        #expect(
            once.header.agents[1].away == [
                Absence(
                    from: ClusterInstant(ns: -3_000_000_000),
                    to: ClusterInstant(ns: -2_000_000_000), reason: "cut"),
                Absence(
                    from: ClusterInstant(ns: 200_000_000), to: ClusterInstant(ns: 300_000_000),
                    reason: "cut"),
            ])
        let twice = try scored { draft in
            draft.add(away(0.2, 0.3, "first"))
            draft.add(away(0.4, 0.5, "second"))
            draft.add(away(0.6, nil, "third"))
        }
        let said = notes(twice, about: "was cut off")
        #expect(said.count == 1 && said[0].contains("and 1 more times (first)"))
        #expect(twice.header.agents[1].away.count == 3)
    }

    @Test("A CLOCK_REALTIME that was stepped during the run is named, of the coordinator's too")
    func realtime() throws {
        // Ten readings a second; one second is lost in the middle.
        let readings = (0..<12).map { (index: Int64) in
            let raw = Draft.start.ns + index * 80_000_000
            let realtime = raw + (index < 6 ? 0 : 1_000_000_000)
            return RunFact.clocks([
                .init(rawNs: raw, monotonicNs: raw, boottimeNs: raw, realtimeNs: realtime)
            ])
        }
        let scored = try scored { draft in readings.forEach { draft.add($0) } }
        let said = notes(scored, about: "CLOCK_REALTIME of the coordinator was stepped by 1.00 s")
        #expect(said.count == 1, "\(scored.header.notes)")
        #expect(said.first?.contains("at 480 ms") == true, "\(said)")
    }

    // MARK: Pinned answers

    private func failed(_ error: RequestError) -> [LogRecord] {
        [Draft.sent(0, 0.1), Draft.token(0, 0.2), Draft.finish(0, 0.3, .failed, error: error)]
    }

    @Test(
        "An answer that a server broke off while ignore_eos drove it on is counted",
        arguments: [
            (RequestError(kind: .streamError, detail: ""), true),
            (RequestError(kind: .httpStatus, status: 500, detail: ""), true),
            (RequestError(kind: .httpStatus, status: 400, detail: "no IGNORE_EOS"), true),
            (RequestError(kind: .httpStatus, status: 429, detail: "busy"), false),
            (RequestError(kind: .reset, detail: "reset"), false),
        ])
    func pinned(_ error: RequestError, isNamed: Bool) throws {
        let scored = try scored(records: failed(error))
        let said = notes(scored, about: "ignore_eos")
        #expect(said.count == (isNamed ? 1 : 0))
        if isNamed { #expect(said.first?.hasPrefix("1 request failed") == true, "\(said)") }
        // A server that never took it is not to blame.
        let plain = Draft.ready(profile: #"{"sends":["seed"]}"#)
        let other = try self.scored(ready: [plain, plain], records: failed(error))
        #expect(notes(other, about: "ignore_eos").isEmpty)
        let odd = Draft.ready(profile: "no JSON")
        #expect(try self.scored(ready: [odd, odd], records: failed(error)).header.notes.isEmpty)
    }
}
