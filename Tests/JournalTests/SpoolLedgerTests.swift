import Journal
import Testing
import TimeBase

@Suite struct SpoolLedgerTests {
    private func at(_ ms: Int64) -> LocalInstant { LocalInstant(ns: ms * 1_000_000) }

    @Test func aBatchGoesOutOnlyWhenItIsDurable() {
        var ledger = SpoolLedger()
        #expect(ledger.sessionOpened(acknowledgedThrough: 0) == [])
        #expect(ledger.batchMade(byteCount: 100, now: at(0)) == [.append(number: 1)])
        #expect(ledger.batchMade(byteCount: 100, now: at(100)) == [.append(number: 2)])
        #expect(ledger.deadline == at(250))
        #expect(ledger.timePassed(now: at(249)) == [])
        #expect(ledger.timePassed(now: at(250)) == [.sync(through: 2)])
        #expect(ledger.deadline == nil)
        #expect(ledger.batchMade(byteCount: 100, now: at(260)) == [.append(number: 3)])
        #expect(ledger.timePassed(now: at(900)) == [])
        #expect(ledger.synced(through: 2) == [.send(1...2)])
        #expect(ledger.deadline == at(510))
        #expect(ledger.timePassed(now: at(900)) == [.sync(through: 3)])
        #expect(ledger.synced(through: 3) == [.send(3...3)])
        #expect(ledger.acknowledged(through: 2) == [.free(through: 2)])
        #expect(ledger.spoolByteCount == 100)
        #expect(ledger.acknowledged(through: 3) == [.free(through: 3)])
        #expect(ledger.isDrained == true)
    }

    @Test func aReconnectSendsAgainAfterWhatIsAcknowledged() {
        var ledger = SpoolLedger(acknowledged: 4, recovered: [10, 10, 10])
        #expect(ledger.lastNumber == 7)
        #expect(ledger.sessionOpened(acknowledgedThrough: 4) == [.send(5...7)])
        ledger.sessionClosed()
        #expect(ledger.acknowledged(through: 7) == [])
        #expect(ledger.sessionOpened(acknowledgedThrough: 6) == [.free(through: 6), .send(7...7)])
        #expect(ledger.acknowledged(through: 7) == [.free(through: 7)])
    }

    @Test func theWindowBoundsWhatIsUnderWay() {
        var ledger = SpoolLedger(
            recovered: [60, 60, 300, 10], limits: .init(windowBytes: 100))
        #expect(ledger.sessionOpened(acknowledgedThrough: 0) == [.send(1...1)])
        #expect(ledger.acknowledged(through: 1) == [.free(through: 1), .send(2...2)])
        // Larger than the window, alone it goes.
        #expect(ledger.acknowledged(through: 2) == [.free(through: 2), .send(3...3)])
        #expect(ledger.acknowledged(through: 3) == [.free(through: 3), .send(4...4)])
    }

    @Test func aNewSessionHasTheWholeWindow() {
        var ledger = SpoolLedger(recovered: [60, 60], limits: .init(windowBytes: 130))
        #expect(ledger.sessionOpened(acknowledgedThrough: 0) == [.send(1...2)])
        ledger.sessionClosed()
        #expect(ledger.sessionOpened(acknowledgedThrough: 0) == [.send(1...2)])
    }

    @Test func whatArrivedBeforeTheLinkBrokeMakesNoRoomOnTheNextOne() {
        var ledger = SpoolLedger(recovered: [60, 60, 60, 60], limits: .init(windowBytes: 130))
        #expect(ledger.sessionOpened(acknowledgedThrough: 0) == [.send(1...2)])
        ledger.sessionClosed()
        #expect(ledger.sessionOpened(acknowledgedThrough: 1) == [.free(through: 1), .send(2...3)])
        #expect(ledger.acknowledged(through: 2) == [.free(through: 2), .send(4...4)])
    }

    @Test func aFullSpoolStopsTheRunWithTheReason() {
        var ledger = SpoolLedger(limits: .init(spoolBytes: 250))
        _ = ledger.batchMade(byteCount: 200, now: at(0))
        guard case .stop(let reason)? = ledger.batchMade(byteCount: 100, now: at(1)).first else {
            Issue.record("a full spool stops the run")
            return
        }
        #expect(reason.contains("--spool-limit"))
        #expect(ledger.batchMade(byteCount: 1, now: at(2)) == [])
    }

    @Test func whatWasNotDurableWhenStorageFailedIsNeverSent() {
        var ledger = SpoolLedger()
        _ = ledger.sessionOpened(acknowledgedThrough: 0)
        _ = ledger.batchMade(byteCount: 10, now: at(0))
        _ = ledger.timePassed(now: at(250))
        #expect(ledger.synced(through: 1) == [.send(1...1)])
        _ = ledger.batchMade(byteCount: 10, now: at(300))
        _ = ledger.timePassed(now: at(600))
        let words = "/var/spool: No space left on device"
        #expect(ledger.storageFailed(words) == [.stop(reason: words)])
        #expect(ledger.lastNumber == 1)
        #expect(ledger.storageFailed("again") == [])
        #expect(ledger.acknowledged(through: 1) == [.free(through: 1)])
        #expect(ledger.isDrained == true)
    }

    @Test func aSyncThatEndsAfterStorageFailedIsNotCountedOn() {
        var ledger = SpoolLedger()
        _ = ledger.sessionOpened(acknowledgedThrough: 0)
        _ = ledger.batchMade(byteCount: 10, now: at(0))
        #expect(ledger.timePassed(now: at(250)) == [.sync(through: 1)])
        #expect(ledger.storageFailed("cannot be read") == [.stop(reason: "cannot be read")])
        #expect(ledger.synced(through: 1) == [])
        #expect(ledger.lastNumber == 0)
    }

    @Test func acknowledgementsOfTheUnsentCloseTheSession() {
        var ledger = SpoolLedger(recovered: [10])
        guard case .disconnect? = ledger.sessionOpened(acknowledgedThrough: 2).first else {
            Issue.record("a coordinator that has more than was made is of another run")
            return
        }
        _ = ledger.sessionOpened(acknowledgedThrough: 0)
        guard case .disconnect? = ledger.acknowledged(through: 2).first else {
            Issue.record("an acknowledgement of what was not sent is a violation")
            return
        }
    }
}
