import Goodput

/// For several reading speeds the greatest weight of idle time with which no drop of a request
/// gains, under a linear penalty of what was delivered.
///
/// A class that is taken whole has no reading speed to vary, and no say; where all are, no speed is
/// listed.
struct RobustWeights: Sendable {
    /// Speeds that every run lists, tokens per second.
    static let listed = [2.5, 5, 10, 20, 50]

    /// Tokens per second, rising.
    let speeds: [Double]
    /// The readers of each class, one a speed.
    private let readers: [[Reader]]
    /// The least V of all of them, ns.
    let leastTokenTime: Int64
    /// The least number of tokens that a drop loses for each nanosecond of idle time that it saves,
    /// one a speed; infinite where none saves any.
    private var least: [Double]
    private var records: [(tokens: Int64, idle: Int64)] = []

    init(_ readers: [Reader]) throws(ScoringError) {
        let own = readers.filter { !$0.parameters.takesAllAtOnce }
            .map(\.parameters.readingSpeed)
        speeds = own.isEmpty ? [] : Set(Self.listed + own).sorted()
        var all: [[Reader]] = []
        for reader in readers {
            var ofClass: [Reader] = []
            for speed in speeds where !reader.parameters.takesAllAtOnce {
                ofClass.append(
                    try Reader(
                        ScoringParameters(
                            readingSpeed: speed, anchor: reader.parameters.anchor,
                            ttftBudget: reader.parameters.ttftBudget)))
            }
            all.append(ofClass)
        }
        self.readers = all
        leastTokenTime = (all.joined() + readers).map(\.tokenTime).min() ?? 1
        least = Array(repeating: .infinity, count: speeds.count)
    }

    /// Takes in a request. O(tokens of the outline · speeds).
    mutating func add(_ stream: StreamOutline, classIndex: Int) {
        for (index, reader) in readers[classIndex].enumerated() {
            var idle: Int64 = 0
            records.removeAll(keepingCapacity: true)
            stream.forEachWait(of: reader) { token, later in
                records.append((token.index, idle))
                idle = later
            }
            for record in records {
                let saved = Double(idle - record.idle)
                least[index] = min(least[index], Double(stream.count - record.tokens) / saved)
            }
        }
    }

    /// alpha*, one a speed.
    var figures: [RobustWeight] {
        zip(speeds, least).map { speed, least in
            RobustWeight(
                readingSpeed: speed, alpha: least.isFinite ? least * 1e9 / speed : nil)
        }
    }
}
