/// An amount of a stretch of time that can be joined to the stretch beside it.
package protocol RunAmount: Hashable, Sendable {
    /// Nothing.
    init()
    /// Takes in what there was in another stretch.
    mutating func join(_ other: Self)
}

/// Amounts by the second of a run, in bounded memory: where a run outgrows ``most`` bins, each ten
/// of them become one.
package struct RunBins<Amount: RunAmount>: Hashable, Sendable {
    /// Bins that are kept; of a second they last an hour.
    package static var most: Int { 3_600 }
    /// The last second that is taken in, some 30 years: a stamp beyond it is a broken clock's.
    private static var lastSecond: Int64 { 1_000_000_000 }

    /// Seconds of a bin: a power of ten.
    package private(set) var width: Int64 = 1
    /// From the run's start on, up to the last bin with an amount.
    package private(set) var amounts: [Amount] = []

    package init() {}

    /// Joins `amount` to what a second has; seconds before the start count in the first.
    ///
    /// - Complexity: O(1), amortised.
    package mutating func add(_ amount: Amount, second: Int64) {
        guard second <= Self.lastSecond else { return }
        let second = max(0, second)
        while second / width >= Int64(Self.most) {
            amounts = Self.joined(amounts, by: 10)
            width *= 10
        }
        let index = Int(second / width)
        while amounts.count <= index { amounts.append(Amount()) }
        amounts[index].join(amount)
    }

    /// The amounts in steps of 1, 2, 5, 10 ... times ``width``, at least as wide as `least` seconds
    /// ask for. O(bins).
    package func steps(atLeast least: Double) -> (width: Int64, amounts: [Amount]) {
        var factor: Int64 = 1
        var power: Int64 = 1
        search: while true {
            for digit in [1, 2, 5] as [Int64] {
                factor = digit * power
                if Double(factor * width) >= least || factor >= Int64(Self.most) { break search }
            }
            power *= 10
        }
        return (factor * width, Self.joined(amounts, by: Int(factor)))
    }

    private static func joined(_ amounts: [Amount], by factor: Int) -> [Amount] {
        guard factor > 1 else { return amounts }
        return stride(from: 0, to: amounts.count, by: factor).map { begin in
            var sum = Amount()
            for amount in amounts[begin..<min(begin + factor, amounts.count)] { sum.join(amount) }
            return sum
        }
    }
}

/// Tokens of a stretch of time: how many came, and what they earned.
package struct LiveTokens: RunAmount {
    package var delivered = 0.0
    /// Below 0 where readers waited for more than they got.
    package var earned = 0.0

    package init() {}

    package mutating func join(_ other: LiveTokens) {
        delivered += other.delivered
        earned += other.earned
    }
}

/// A server's load over a stretch of time: the most that it told of; nil where it told nothing.
package struct LiveQueue: RunAmount {
    package var running: UInt32?
    package var waiting: UInt32?
    /// The share of the key-value cache that is held, 0 to 1.
    package var cache: Float?

    package init() {}

    package mutating func join(_ other: LiveQueue) {
        running = Self.most(running, other.running)
        waiting = Self.most(waiting, other.waiting)
        cache = Self.most(cache, other.cache)
    }

    private static func most<Value: Comparable>(_ one: Value?, _ other: Value?) -> Value? {
        guard let one, let other else { return one ?? other }
        return max(one, other)
    }
}
