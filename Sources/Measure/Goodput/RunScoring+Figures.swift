/// The figures of a run and of its parts.
package struct RunScores: Sendable {
    package var whole: RunTotals
    /// The same requests, all for the one reader beside their own.
    package var beside: RunTotals
    /// One an agent, and one a class, over the run's T.
    package var agents: [RunTotals]
    package var classes: [RunTotals]
    /// Each request, as much as is kept of it, in the order in which they came.
    package var digests: [RequestDigest]
    /// The groups of requests, by ``RequestDigest/cell``.
    package var groups: [RunScoring.Group]
    /// The gaps on either side of a limit.
    package var gaps: GapCounts
}

extension RunScoring {
    /// The figures of all requests. O(requests · percentiles · 3) expected.
    package consuming func figures() -> RunScores {
        guard let search, let parts else {
            preconditionFailure("figures are of requests that have been seen")
        }
        let percentiles = parts.cells.indices.map { search.percentiles(ofPart: $0) }
        let digests = digests
        let all = RunTotals(digests, whole, interval, ranks, percentiles[0])
        func totals(_ sums: [PartSums], _ gaps: [Int], _ index: (RunScoring.Group) -> Int)
            -> [RunTotals]
        {
            var members = [[UInt32]](repeating: [], count: sums.count)
            let parts = groups.map(index)
            for (number, digest) in digests.enumerated() {
                members[parts[digest.cell]].append(UInt32(number))
            }
            return sums.indices.map { part in
                guard members[part].count < digests.count else { return all }
                return RunTotals(
                    members[part].lazy.map { digests[Int($0)] }, sums[part], interval, ranks,
                    percentiles[gaps[part]])
            }
        }
        return RunScores(
            whole: all, beside: all.beside(digests, beside, ranks),
            agents: totals(agents, parts.agents) { $0.agent },
            classes: totals(classes, parts.classes) { $0.classIndex },
            digests: digests, groups: groups, gaps: search.counts)
    }
}

extension RunTotals {
    /// The totals of `digests`, all of a part; those of nothing without any.
    fileprivate init(
        _ digests: some Collection<RequestDigest>, _ sums: PartSums, _ interval: ServingInterval,
        _ ranks: PercentileRanks, _ gaps: GapPercentiles
    ) {
        self.init()
        guard !digests.isEmpty else { return }
        self.interval = interval
        set(sums)
        requests = digests.count
        for digest in digests {
            outcomes[digest.outcome] += 1
            tokens += digest.tokens
            if digest.sloMet {
                sloMet += 1
                sloTokens += digest.read
            }
            if digest.classicMet { classicMet += 1 }
        }
        func percentiles(_ figure: (RequestDigest) -> Int64?) -> Percentiles? {
            Percentiles(Self.values(of: digests, figure), ranks: ranks)
        }
        ttft = percentiles { $0.ttft }
        ttftSent = percentiles { $0.ttftSent }
        tpot = Percentiles(Self.values(of: digests) { $0.tpot }, ranks: ranks)
        idle = percentiles { $0.idle }
        e2e = percentiles { $0.e2e }
        tbt = gaps.tokens
        interChunk = gaps.events
    }

    /// The totals of the same requests for the reader beside their own.
    fileprivate func beside(
        _ digests: [RequestDigest], _ sums: PartSums, _ ranks: PercentileRanks
    ) -> RunTotals {
        guard !digests.isEmpty else { return self }
        var totals = self
        totals.set(sums)
        totals.sloMet = 0
        totals.sloTokens = 0
        totals.classicMet = 0
        for digest in digests {
            if digest.sloMetBeside {
                totals.sloMet += 1
                totals.sloTokens += digest.readBeside
            }
            if digest.classicMetBeside { totals.classicMet += 1 }
        }
        totals.idle = Percentiles(Self.values(of: digests) { $0.idleBeside }, ranks: ranks)
        return totals
    }

    private mutating func set(_ sums: PartSums) {
        benefit = sums.benefit.value
        negativeBenefit = sums.negativeBenefit.value
        negativeBenefits = sums.negativeBenefits
        qoe = sums.answered == 0 ? nil : sums.experience.value / Double(sums.answered)
        timeline = sums.timeline
    }

    private static func values<Value>(
        of digests: some Collection<RequestDigest>, _ figure: (RequestDigest) -> Value?
    ) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(digests.count)
        for digest in digests {
            if let value = figure(digest) { values.append(value) }
        }
        return values
    }
}
