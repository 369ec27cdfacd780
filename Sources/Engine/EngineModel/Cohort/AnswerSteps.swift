/// The tokens of one answer, as stretches of steps.
struct AnswerSteps: Hashable, Sendable {
    private var stretches: [TokenStretch] = []
    private(set) var count = 0

    init() {}

    /// Adds tokens behind those that it has.
    mutating func append(_ stretch: TokenStretch) {
        count += Int(stretch.count)
        if let last = stretches.last, last.list == stretch.list,
            last.first + last.count == stretch.first
        {
            stretches[stretches.count - 1].count += stretch.count
        } else {
            stretches.append(stretch)
        }
    }

    /// When the last token left; nil without one. O(1).
    func last(_ instants: StepInstants) -> Int64? {
        stretches.last.flatMap { instants[$0].last }
    }

    /// When the tokens left, in order. O(tokens).
    func times(_ instants: StepInstants) -> [Int64] {
        var times: [Int64] = []
        times.reserveCapacity(count)
        for stretch in stretches { times.append(contentsOf: instants[stretch]) }
        return times
    }

    /// Forgets the tokens that left after an instant. O(tokens forgotten).
    mutating func cut(after ns: Int64, _ instants: StepInstants) {
        while let last = stretches.last {
            let late = instants[last].reversed().prefix { $0 > ns }.count
            count -= late
            if late < Int(last.count) {
                stretches[stretches.count - 1].count -= Int32(late)
                return
            }
            stretches.removeLast()
        }
    }

    /// When the last token left that did so by an instant; nil where none did. O(tokens after it).
    func last(by ns: Int64, _ instants: StepInstants) -> Int64? {
        for stretch in stretches.reversed() {
            if let found = instants[stretch].last(where: { $0 <= ns }) { return found }
        }
        return nil
    }
}
