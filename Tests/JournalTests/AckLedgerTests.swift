import Journal
import Testing
import TimeBase

@Suite struct AckLedgerTests {
    private func at(_ ms: Int64) -> LocalInstant { LocalInstant(ns: ms * 1_000_000) }

    @Test func oneSyncServesManyBatches() {
        var ledger = AckLedger(durable: [0, 0])
        #expect(
            ledger.batchReceived(agent: 0, number: 1, now: at(0)) == [.append(agent: 0, number: 1)])
        #expect(
            ledger.batchReceived(agent: 1, number: 1, now: at(9)) == [.append(agent: 1, number: 1)])
        #expect(
            ledger.batchReceived(agent: 0, number: 2, now: at(9)) == [.append(agent: 0, number: 2)])
        #expect(ledger.deadline == at(250))
        #expect(ledger.timePassed(now: at(249)) == [])
        #expect(ledger.timePassed(now: at(250)) == [.sync])
        #expect(
            ledger.batchReceived(agent: 1, number: 2, now: at(255)) == [
                .append(agent: 1, number: 2)
            ])
        #expect(ledger.timePassed(now: at(900)) == [])
        // Agent 1's second batch came after the sync had begun: it waits for the next.
        #expect(
            ledger.synced() == [
                .acknowledge(agent: 0, through: 2), .acknowledge(agent: 1, through: 1),
            ])
        #expect(ledger.deadline == at(505))
        #expect(ledger.flushRequested() == [.sync])
        #expect(ledger.synced() == [.acknowledge(agent: 1, through: 2)])
        #expect(ledger.deadline == nil)
        #expect(ledger.flushRequested() == [])
    }

    @Test func repetitionsAreAcknowledgedAgainAndNotWritten() {
        var ledger = AckLedger(durable: [3])
        #expect(
            ledger.batchReceived(agent: 0, number: 2, now: at(0)) == [
                .acknowledge(agent: 0, through: 3)
            ])
        _ = ledger.batchReceived(agent: 0, number: 4, now: at(0))
        #expect(ledger.batchReceived(agent: 0, number: 4, now: at(1)) == [])
        #expect(ledger.durable(agent: 0) == 3)
    }

    @Test func aGapClosesTheSession() {
        var ledger = AckLedger(durable: [3])
        #expect(
            ledger.batchReceived(agent: 0, number: 5, now: at(0)) == [
                .disconnect(agent: 0, reason: "batch 5 came after 3: batches are missing")
            ])
        #expect(ledger.deadline == nil)
    }

    @Test func nothingIsAcknowledgedOnceStorageHasFailed() {
        var ledger = AckLedger(durable: [0])
        _ = ledger.batchReceived(agent: 0, number: 1, now: at(0))
        _ = ledger.timePassed(now: at(250))
        #expect(
            ledger.storageFailed("tokens.log: I/O error") == [
                .stop(reason: "tokens.log: I/O error")
            ])
        #expect(ledger.synced() == [])
        #expect(ledger.batchReceived(agent: 0, number: 2, now: at(300)) == [])
        #expect(ledger.durable(agent: 0) == 0)
    }
}
