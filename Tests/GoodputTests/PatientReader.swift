import Goodput

/// The definitions, word for word: tokens expanded one by one, and a reader who really waits.
struct PatientReader {
    /// When each token came, and each of those that are read.
    let all: [Int64]
    let times: [Int64]
    let due: [Int64]
    let origin: Int64
    let tokenTime: Int64

    init(_ request: RequestTimes, _ reader: Reader) {
        let parameters = reader.parameters
        all = request.tokens.flatMap { event in
            (0..<event.count).map { _ in event.time }
        }
        times = Array(all.dropFirst(parameters.reads == .answer ? Int(request.thoughts) : 0))
        let arrival = request.scheduled + parameters.ttftBudget
        let origin = parameters.anchor == .arrival ? arrival : times.first ?? request.scheduled
        self.origin = origin
        tokenTime = reader.tokenTime
        due = times.indices.map { origin + reader.tokenTime * Int64($0) }
    }

    /// Reads from the origin on, a token in V, and counts the time in which it had nothing to read.
    var waited: Int64 {
        var clock = origin
        var waited: Int64 = 0
        for time in times {
            if time > clock {
                waited += time - clock
                clock = time
            }
            clock += tokenTime
        }
        return waited
    }

    var largestLateness: Int64 { zip(times, due).map { $0 - $1 }.reduce(0, max) }

    var deadlinesMet: Int { zip(times, due).filter { $0 <= $1 }.count }

    func fluidity(scheduled: Int64, budget: Int64) -> Double? {
        var met = 0
        var missed = 0
        var slack: Int64 = 0
        var before = scheduled
        for (index, time) in times.enumerated() {
            let x = time - before
            let allowed = index == 0 ? budget : tokenTime
            if x <= allowed + slack {
                met += 1
                slack += allowed - x
            } else {
                let owed = index == 0 ? x - slack - allowed : x - slack
                missed += Int(owed / tokenTime) + (index == 0 ? 1 : 0)
                slack = 0
            }
            before = time
        }
        return times.isEmpty ? nil : Double(met) / Double(met + missed)
    }

    var qualityOfExperience: Double? {
        guard !times.isEmpty else { return nil }
        var reached: [Int64] = []
        for (index, time) in times.enumerated() {
            reached.append(
                index == 0 ? max(time, origin) : max(time, reached[index - 1] + tokenTime))
        }
        let end = reached[reached.count - 1] + tokenTime
        let real = reached.map { Double(end - $0) }.reduce(0, +)
        return real / due.map { Double(end - $0) }.reduce(0, +)
    }

    /// All gaps between tokens, the zeros too, sorted.
    var gaps: [Int64] { zip(all, all.dropFirst()).map { $1 - $0 }.sorted() }
}

/// numpy's default percentile, from the definition.
func percentile(_ q: Double, ofSorted values: [Int64]) -> Double? {
    guard !values.isEmpty else { return nil }
    let position = q / 100 * Double(values.count - 1)
    let below = Int(position)
    let above = min(below + 1, values.count - 1)
    let step = Double(values[above] - values[below])
    return Double(values[below]) + step * (position - Double(below))
}
