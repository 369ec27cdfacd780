import Bytes
import Journal
import RunRecord
import TimeBase
import Timeline
import TokenLog
import Wire

/// One pass over a journal's batches: requests are put together from their records, mapped to the
/// timeline and handed on.
final class RecordPass {
    let run: JournalRun
    var tally: RecordTally
    var open: OpenRequests
    var batch = LogBatch()
    /// The number of each agent's last batch: they rise by one.
    var numbers: [UInt64]
    /// Agents some of whose records are lost: what follows may be of requests that nobody knows.
    var isHoled: [Bool]
    /// Where each agent's last hole begins, until a record behind it says where it ends.
    var holeBegins: [ClusterInstant?]
    /// Whether the journal has the whole plan: else there are requests that nobody knows.
    let knowsPlan: Bool
    private let firstDamage: Int
    private let shaper: RequestShaper

    init(_ run: JournalRun) {
        self.run = run
        let agents = run.record.agents.count
        tally = RecordTally(targets: run.targets.map(\.count))
        open = OpenRequests(owners: run.record.plan.owners, repeats: run.record.plan.repeats)
        numbers = Array(repeating: 0, count: agents)
        isHoled = Array(repeating: false, count: agents)
        holeBegins = Array(repeating: nil, count: agents)
        knowsPlan = run.record.plan.isWhole
        firstDamage = run.reading.damages.first?.offset ?? .max
        shaper = RequestShaper(run)
    }

    /// The error of a request whose records are not whole.
    static let recordsLost = RequestError(
        kind: .recordsLost, detail: JournalRun.damagedReason)

    typealias Hand = (MeasuredRequest) throws(FileProblem) -> Void

    func take(
        _ entry: JournalEntry, at offset: Int, withTokens: Bool, _ hand: Hand
    ) throws(FileProblem) {
        if offset > firstDamage { tally.foundBehind += 1 }
        guard case .batch(let journalled) = entry else { return }
        let agent = Int(journalled.agentIndex)
        guard numbers.indices.contains(agent), journalled.number > numbers[agent] else { return }
        do throws(DecodeError) {
            if withTokens {
                try TokenLogDecoder.decode(journalled.payload, into: &batch)
            } else {
                try TokenLogDecoder.decodeRequests(journalled.payload, into: &batch)
            }
        } catch {
            return fault("a batch: \(error)", at: offset)
        }
        if journalled.number > numbers[agent] + 1 { try lose(agent, hand) }
        numbers[agent] = journalled.number
        note(agent)
        for scrape in batch.scrapes {
            tally.servers.add(scrape, of: agent, on: run.maps[agent])
        }
        if isHoled[agent] || !knowsPlan { forgetUnknown(of: agent) }
        do {
            try open.add(batch, agent: agent) { request throws(FileProblem) in
                try finished(request, hand)
            }
        } catch let problem as FileProblem {
            throw problem
        } catch {
            fault("\(error)", at: offset)
        }
    }

    private func fault(_ problem: String, at offset: Int) {
        if tally.fault == nil { tally.fault = (offset, problem) }
    }

    private func finished(_ request: MergedRequest, _ hand: Hand) throws(FileProblem) {
        guard let finish = request.finish, let row = run.record.plan.row(request.id) else { return }
        let isNeeded = finish.outcome != .notNeeded
        if Int(request.id) >= run.record.plan.count {
            tally.due(isScored: row.isScored, isNeeded: isNeeded)
            if row.usesTexts { tally.textsAgain += 1 }
        } else if !isNeeded {
            tally.notNeeded(isScored: row.isScored)
        }
        guard isNeeded, let sent = request.sent else { return }
        if row.isScored { tally.took(sent, finish, of: request.agent) }
        try shaped(request, row, sent, finish, end: finish.at, hand)
    }

    /// - Parameter end: Its end; nil for one that the coordinator ended: its word and no stamp.
    func shaped(
        _ request: MergedRequest, _ row: PlanRow, _ sent: SentRecord, _ finish: FinishRecord,
        end: LocalInstant?, _ hand: Hand
    ) throws(FileProblem) {
        tally.outputTokens += UInt64(finish.outputTokens)
        tally.reversed[request.agent].add(request, on: run.timeline)
        let measured = shaper.measured(request, row, sent, finish, end: end)
        tally.end = max(tally.end, measured.finish)
        if shaper.isBrokenWhilePinned(measured) { tally.brokenWhilePinned += 1 }
        try hand(measured)
    }
}
