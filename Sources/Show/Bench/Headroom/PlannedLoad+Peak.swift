import HeapModule
import TimeBase
import Workload

extension PlannedLoad {
    /// An answer under way.
    private struct Answer: Comparable {
        var endNs: Int64
        var ordinal: Int

        static func < (a: Answer, b: Answer) -> Bool {
            (a.endNs, a.ordinal) < (b.endNs, b.ordinal)
        }
    }

    /// The most of the load at once, by following the agents' own schedule to its end in virtual
    /// time.
    ///
    /// - Returns: nil for a shard without requests.
    /// - Complexity: O(n (log n + seconds of an answer)) of n requests, at most ``most`` of them.
    func peak(_ pace: ExpectedPace) -> LoadPeak? {
        guard !requests.isEmpty else { return nil }
        let start = LocalInstant(ns: 0)
        var schedule = RequestSchedule(
            requests: requests, stages: stages, rounds: rounds, start: start)
        var answers = Heap<Answer>()
        var sends = SecondCounts()
        var tokens = SecondCounts()
        var streams = 0
        for _ in 0..<Self.most {
            let due = schedule.nextDue
            if let first = answers.min, due.map({ first.endNs <= $0.ns }) ?? true {
                answers.removeMin()
                schedule.finished(ordinal: first.ordinal, at: LocalInstant(ns: first.endNs))
                continue
            }
            guard let due else { break }
            // None where it has no slot yet: it waits then, and is known no more.
            guard let taken = schedule.takeDue(now: due) else { continue }
            let now = max(due.ns, taken.free.ns)
            let count = schedule.request(taken.ordinal).outputTokens
            let end = now + pace.length(ofTokens: count)
            answers.insert(Answer(endNs: end, ordinal: taken.ordinal))
            streams = max(streams, answers.count)
            sends.add(1, at: now)
            tokens.add(count, from: now + pace.firstTokenNs, every: pace.tokenNs)
        }
        return LoadPeak(
            streams: Double(streams), requestsPerSecond: sends.most, tokensPerSecond: tokens.most)
    }
}

/// Counts of each second.
private struct SecondCounts {
    private static let secondNs: Int64 = 1_000_000_000
    private var counts: [Int64: Int] = [:]

    var most: Double { Double(counts.values.max() ?? 0) }

    mutating func add(_ count: Int, at ns: Int64) {
        counts[ns / Self.secondNs, default: 0] += count
    }

    /// Adds `count` things, the first at `begin`, each next one `periodNs` later.
    mutating func add(_ count: UInt32, from begin: Int64, every periodNs: Int64) {
        var index: Int64 = 0
        while index < Int64(count) {
            let second = (begin + index * periodNs) / Self.secondNs
            // The first index of the next second, rounded up.
            let left = (second + 1) * Self.secondNs - begin
            let next = min(Int64(count), (left + periodNs - 1) / periodNs)
            counts[second, default: 0] += Int(next - index)
            index = next
        }
    }
}
