import RunRecord
import Testing
import TimeBase
import TokenLog
import Wire

@testable import CoordinatorCore

/// Assignments go to names.
@Suite("The deal")
struct DealTests {
    private static let run = MachineSamples.run
    private static let now = MachineSamples.now
    private static let four = [
        MachineSamples.assignment([0]), MachineSamples.assignment([1, 2]),
        MachineSamples.assignment([3]), MachineSamples.assignment([4]),
    ]

    private func gathering(_ order: DealOrder = .sorted) -> CoordinatorMachine {
        CoordinatorMachine(
            opening: MachineSamples.opening, assignments: Self.four, order: order,
            patience: MachineSamples.patience)
    }

    private func dealt(
        to names: [String], _ order: DealOrder = .sorted
    ) -> (deal: [String: Int], actions: [CoordinatorAction]) {
        var machine = gathering(order)
        var actions: [CoordinatorAction] = []
        for (number, name) in names.enumerated() {
            actions += machine.received(
                MachineSamples.hello(name), from: LinkID(number), now: Self.now)
        }
        var deal: [String: Int] = [:]
        for track in machine.agents { deal[track.hello.name] = track.assignmentIndex }
        return (deal, actions)
    }

    @Test(
        "Assignments follow the names, numbers by their value, and never the order of arrival",
        arguments: [
            ["node-1", "node-2", "node-10", "node-b"], ["node-b", "node-10", "node-2", "node-1"],
            ["node-10", "node-b", "node-1", "node-2"],
        ])
    func sorted(names: [String]) {
        let (deal, actions) = dealt(to: names)
        #expect(deal == ["node-1": 0, "node-2": 1, "node-10": 2, "node-b": 3])
        // Nothing of the plan leaves before all are there, and the driver is told by agent.
        #expect(actions.dropLast().allSatisfy { if case .deal = $0 { false } else { true } })
        #expect(actions.last == .deal(names.map { deal[$0]! }))
    }

    @Test("A scenario that deals by name has its way, whatever the order of names and arrivals")
    func named() {
        let order = DealOrder.named(["z", "a", "node-10", "node-9"])
        let expected = ["z": 0, "a": 1, "node-10": 2, "node-9": 3]
        for names in [["a", "node-9", "node-10", "z"], ["z", "node-10", "a", "node-9"]] {
            #expect(dealt(to: names, order).deal == expected)
        }
    }

    @Test("An agent that the deal does not name is turned away with the names that it has")
    func stranger() {
        var machine = gathering(.named(["a", "b", "c", "d"]))
        let actions = machine.received(MachineSamples.hello("e"), from: LinkID(1), now: Self.now)
        guard case .send(_, .refuse(let refusal)) = actions.first else {
            Issue.record("it was taken in: \(actions)")
            return
        }
        #expect(refusal.code == .notExpected)
        #expect(machine.agents.isEmpty)
        #expect(
            refusal.reason
                == "the scenario deals to a, b, c, d, and to no agent e: start it with the --name "
                + "that it is to have, or give it a weight in `deal`")
    }

    @Test("Names of the deal that do not join are named, while they are waited for and at its end")
    func missing() {
        var machine = gathering(.named(["a", "b", "c", "d"]))
        _ = machine.ticked(now: Self.now)
        for (number, name) in ["c", "a"].enumerated() {
            _ = machine.received(MachineSamples.hello(name), from: LinkID(number), now: Self.now)
        }
        let cause = machine.wait?.cause
        #expect(cause == .joining(["c", "a"], missing: ["b", "d"]))
        let ending = MachineSamples.ending(machine.ticked(now: Self.now + TimeSpan(ns: 100)))
        guard case .failed(let reason) = ending?.kind else {
            Issue.record("it waits for ever")
            return
        }
        #expect(reason.contains("only 2 of 4") && reason.contains("`deal` names b, d:"))
    }

    @Test("Each holds its own assignment: that of another is refused")
    func held() {
        for (digest, isOwn) in [(Self.four[3].digest, true), (Self.four[0].digest, false)] {
            var machine = gathering()
            for (number, name) in ["d", "c", "b", "a"].enumerated() {
                _ = machine.received(
                    MachineSamples.hello(name), from: LinkID(number), now: Self.now)
            }
            let actions = machine.received(.shardHeld(digest), from: LinkID(0), now: Self.now)
            #expect(actions.isEmpty == isOwn)
        }
    }

    @Test("Nothing is dealt while one that has joined is away; back again, it keeps its index")
    func awayBeforeTheDeal() {
        var machine = gathering()
        _ = machine.ticked(now: Self.now)
        for (number, name) in ["d", "c", "b"].enumerated() {
            _ = machine.received(MachineSamples.hello(name), from: LinkID(number), now: Self.now)
        }
        let lost = machine.linkLost(LinkID(1), reason: "reset", now: Self.now)
        #expect(MachineSamples.wishes(lost).count == 1)
        let last = machine.received(MachineSamples.hello("a"), from: LinkID(3), now: Self.now)
        #expect(last.last == .admitted(LinkID(3), agent: 3))
        let cause = machine.wait?.cause
        #expect(cause == .joining(["d", "b", "a"], missing: []))
        let fifth = machine.received(MachineSamples.hello("e"), from: LinkID(4), now: Self.now)
        guard case .send(_, .refuse) = fifth.first else {
            Issue.record("it took the place of one that is away: \(fifth)")
            return
        }
        guard case .hello(var again) = MachineSamples.hello("c") else { return }
        again.heldRun = Self.run
        let back = machine.received(.hello(again), from: LinkID(9), now: Self.now)
        #expect(back.last == .deal([3, 2, 1, 0]))
        #expect(machine.agent(of: LinkID(9)) == 1)
    }

    @Test("One that has joined and stays away ends the run, named")
    func staysAway() {
        var machine = gathering()
        _ = machine.received(MachineSamples.hello("d"), from: LinkID(0), now: Self.now)
        _ = machine.linkLost(LinkID(0), reason: "reset", now: Self.now)
        let actions = machine.ticked(now: Self.now + TimeSpan(ns: 30))
        #expect(
            MachineSamples.ending(actions)?.kind
                == .failed("agent d left before the run: reset"))
    }

    @Test("An agent that comes back after a cut has what it had")
    func returned() {
        var machine = gathering()
        for (number, name) in ["d", "c", "b", "a"].enumerated() {
            _ = machine.received(MachineSamples.hello(name), from: LinkID(number), now: Self.now)
        }
        _ = machine.received(.shardHeld(Self.four[3].digest), from: LinkID(0), now: Self.now)
        _ = machine.received(MachineSamples.ready, from: LinkID(0), now: Self.now)
        _ = machine.linkLost(LinkID(0), reason: "reset", now: Self.now)
        guard case .hello(var again) = MachineSamples.hello("d") else { return }
        again.heldRun = Self.run
        let back = machine.received(.hello(again), from: LinkID(9), now: Self.now)
        #expect(machine.agent(of: LinkID(9)) == 0)
        #expect(machine.agents[0].assignmentIndex == 3)
        #expect(back.allSatisfy { if case .deal = $0 { false } else { true } })
    }

    @Test("Records are taken from the agent that has the request, by its index")
    func owners() throws {
        let dealt = [3, 2, 1, 0].map { Self.four[$0] }
        var requests = OpenRequests(dealt: dealt, repeats: false)
        for (id, owner) in [3, 2, 2, 1, 0].enumerated() {
            let sent = LogBatch([
                .sent(
                    SentRecord(
                        request: UInt32(id), scheduled: Self.now, sent: Self.now, target: 0))
            ])
            for stranger in 0..<4 where stranger != owner {
                #expect(throws: MergeFault.notOfThisAgent(UInt32(id))) {
                    try requests.add(sent, agent: stranger) { _ in }
                }
            }
            try requests.add(sent, agent: owner) { _ in }
            #expect(requests.open(of: owner).last?.id == UInt32(id))
        }
        #expect(requests.openCount == 5)
    }
}
