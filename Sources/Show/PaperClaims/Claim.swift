/// A claim of the paper, or about its metric, with the figures that it expects.
package struct Claim: Sendable {
    package var name: String
    package var sentence: String
    package var rows: [Row]
    /// Relations that have to hold between rows, whatever their values.
    package var relations: [Relation] = []
    /// Where the greatest of some rows has to be.
    package var peaks: [Peak] = []
    /// How many seeds each condition is run with.
    package var seeds: UInt64 = 10

    /// A figure under a condition, with what an independent implementation found.
    package struct Row: Sendable {
        package var label: String
        package var condition: Condition
        package var figure: Figure
        /// Nil where only relations count.
        package var expected: Expectation?
    }

    package struct Expectation: Hashable, Sendable {
        package var mean: Double
        /// Half of its 95 % interval; 0 where none was given.
        package var half: Double

        package init(_ mean: Double, _ half: Double = 0) {
            self.mean = mean
            self.half = half
        }

        /// Whether a measured mean is as expected: within 10 %, or the intervals meet.
        package func agrees(with measured: SeededMean) -> Bool {
            let distance = abs(measured.mean - mean)
            return distance <= 0.1 * abs(mean) || distance <= half + measured.half
        }
    }

    /// A relation between two rows, by their labels and figures; it has to hold for the means over
    /// the seeds, which all rows share.
    package struct Relation: Sendable {
        package enum Kind: Sendable {
            /// The first is greater; by how much at least, as a share of the second.
            case greater(by: Double)
            /// They differ by at most this share of the second.
            case equal(within: Double)
        }

        package var sentence: String
        package var first: Int
        package var second: Int
        package var kind: Kind

        package func holds(_ first: Double, _ second: Double) -> Bool {
            switch kind {
            case .greater(let share): first - second > share * abs(second)
            case .equal(let share): abs(first - second) <= share * abs(second)
            }
        }
    }

    /// The row with the greatest mean among some that differ by their rate.
    package struct Peak: Hashable, Sendable {
        package var label: String
        package var rows: Range<Int>
        /// The rate of the greatest, requests a second.
        package var expected: Double
    }

    /// All conditions that have to be run, each once.
    package var conditions: Set<Condition> { Set(rows.map(\.condition)) }
}

/// A claim with what was measured for it.
package struct JudgedClaim: Sendable {
    package var claim: Claim
    /// One a row.
    package var measured: [SeededMean]
    package var agrees: [Bool?]
    /// One a relation.
    package var holds: [Bool]
    /// One a peak: the rate at which it was found, and whether the expected one is as good within
    /// the intervals.
    package var peaks: [(rate: Double, agrees: Bool)]

    /// Whether all of it is as expected.
    package var isReproduced: Bool {
        agrees.allSatisfy { $0 != false } && holds.allSatisfy(\.self)
            && peaks.allSatisfy(\.agrees)
    }

    /// - Parameter runs: The runs of every condition of the claim, one a seed.
    package init(_ claim: Claim, _ runs: [Condition: [Measured]]) {
        self.claim = claim
        let measured = claim.rows.map { row in
            SeededMean((runs[row.condition] ?? []).map { row.figure.value($0) })
        }
        self.measured = measured
        agrees = zip(claim.rows, measured).map { row, mean in row.expected?.agrees(with: mean) }
        peaks = claim.peaks.map { peak in
            let best = peak.rows.max { measured[$0].mean < measured[$1].mean }
            let expected = peak.rows.first { claim.rows[$0].condition.load.rate == peak.expected }
            guard let best, let expected else { return (.nan, false) }
            let gap = measured[best].mean - measured[expected].mean
            return (
                claim.rows[best].condition.load.rate,
                gap <= measured[best].half + measured[expected].half
            )
        }
        holds = claim.relations.map {
            $0.holds(measured[$0.first].mean, measured[$0.second].mean)
        }
    }
}
