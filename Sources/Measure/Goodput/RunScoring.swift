/// The figures of a run and of its parts from its requests, one after the other: what is kept of a
/// request does not grow with its tokens.
///
/// Every request is of one agent and of one class, whose reader it has. Feed ``add(_:at:)`` all
/// requests, then ``close(withoutStreams:)`` once. Where that says so, feed ``addGaps(of:)`` the
/// same requests in the same order, for exact percentiles of more gaps than are kept. Then take the
/// ``figures()``.
package struct RunScoring: Sendable {
    /// The group of a run's requests that a request belongs to.
    package struct Group: Hashable, Sendable {
        package var agent: Int
        package var classIndex: Int
        /// The group of requests of which it may turn out that they did not stream after all; nil
        /// where nothing can turn out.
        package var suspect: Int?

        package init(agent: Int, classIndex: Int, suspect: Int? = nil) {
            self.agent = agent
            self.classIndex = classIndex
            self.suspect = suspect
        }
    }

    /// The most gaps that are kept; above, they are handed over again.
    package static let mostStored = 1 << 24

    let interval: ServingInterval
    let grid: Timeline.Grid
    package let readers: [Reader]
    package let besideReader: Reader
    let ranks: PercentileRanks
    private let tolerance: Double?
    /// Each request, in the order in which they came; final once they are closed.
    package private(set) var digests: [RequestDigest] = []
    private(set) var whole: PartSums
    private(set) var beside: PartSums
    private(set) var agents: [PartSums]
    private(set) var classes: [PartSums]
    private var tally: GapTally
    private var cells: [Group: Int] = [:]
    /// The group of each cell.
    package private(set) var groups: [Group] = []
    private var newest: (group: Group, cell: Int)?
    private(set) var search: GapSearch?
    private(set) var parts: GapParts?
    /// Requests whose gaps have been handed over again.
    private var revisited = 0
    private var gaps: [Int64] = []
    private var earnings: [RequestPass.Earning] = []

    /// - Parameters:
    ///   - interval: T, which holds all requests.
    ///   - agents: How many there are.
    ///   - readers: One a class.
    ///   - besideReader: The reader for whom all requests are scored beside their own.
    ///   - ranks: The percentiles that are asked for beside the standard ones.
    ///   - tolerance: The share of a percentile of the gaps within which ``RunScores/gaps`` can
    ///     count; nil where nobody asks.
    ///   - expected: About how many requests and gaps there will be, for memory alone.
    ///   - cells: How many combinations of agent, class and suspect there may be, about.
    ///   - mostStored: The most gaps that are kept.
    package init(
        over interval: ServingInterval, agents: Int,
        readers: [Reader], beside besideReader: Reader, ranks: PercentileRanks = .standard,
        tolerance: Double? = nil, expecting expected: (requests: Int, gaps: Int) = (0, 0),
        cells: Int = 1, mostStored: Int = mostStored
    ) {
        self.interval = interval
        grid = Timeline.Grid(start: interval.begin)
        self.readers = readers
        self.besideReader = besideReader
        self.ranks = ranks
        self.tolerance = tolerance
        let empty = PartSums(start: interval.begin)
        whole = empty
        beside = empty
        self.agents = Array(repeating: empty, count: agents)
        classes = readers.map { _ in empty }
        tally = GapTally(bins: GapBins(cells: cells), mostStored: mostStored)
        tally.expect(expected.gaps)
        digests.reserveCapacity(expected.requests)
    }

    /// Scores a request.
    ///
    /// - Throws: ``ScoringError/request(id:defect:)`` for times that cannot be, or a benefit that a
    ///   double cannot hold.
    /// - Complexity: O(events), and no allocation but what is kept.
    package mutating func add(
        _ request: RequestTimes, at group: Group
    ) throws(ScoringError) {
        precondition(search == nil, "all requests have been seen")
        let reader = readers[group.classIndex]
        let score = try RequestPass.scored(
            request, for: reader, beside: besideReader, on: grid, gaps: &gaps,
            earnings: &earnings)
        precondition(
            request.scheduled >= interval.begin && request.finish <= interval.end,
            "T holds all requests")
        let (pass, own, beside) = (score.pass, score.own, score.beside)
        let shape = pass.shape
        let sinceSent: Int64?
        do throws(RequestDefect) {
            sinceSent = try request.sinceSent()
        } catch {
            throw .request(id: request.id, defect: error)
        }
        earn(at: group, request.finish, own, beside)
        let experience = pass.own.experience(tokens: shape.tokens)
        whole.add(own, experience: experience)
        agents[group.agent].add(own, experience: experience)
        classes[group.classIndex].add(own, experience: experience)
        self.beside.add(beside, experience: pass.beside.experience(tokens: shape.tokens))
        let cell = cell(of: group)
        if request.isStreamed {
            gaps.withUnsafeBufferPointer {
                tally.add(
                    UnsafeBufferPointer(rebasing: $0[..<shape.gaps]), of: shape, cell: cell)
            }
        }
        digests.append(
            RequestDigest(
                request, cell: cell, shape: shape,
                own: (own, reader.parameters), beside: (beside, besideReader.parameters),
                sinceSent: sinceSent))
    }

    /// Enters the earnings of the newest request, which ended at `finish`, in the timelines.
    private mutating func earn(
        at group: Group, _ finish: Int64, _ own: Ending, _ beside: Ending
    ) {
        for earning in earnings {
            earn(earning.own, in: earning.stretch, at: group)
            self.beside.timeline.add(earning.beside, toBin: earning.stretch.bin)
        }
        guard own.lastEntry != nil || beside.lastEntry != nil else { return }
        let stretch = grid.stretch(of: finish)
        if let last = own.lastEntry { earn(last, in: stretch, at: group) }
        if let last = beside.lastEntry { self.beside.timeline.add(last, toBin: stretch.bin) }
    }

    private mutating func earn(_ tokens: Double, in stretch: Timeline.Stretch, at group: Group) {
        whole.timeline.add(tokens, toBin: stretch.bin)
        agents[group.agent].timeline.add(tokens, toBin: stretch.bin)
        classes[group.classIndex].timeline.add(tokens, toBin: stretch.bin)
    }

    private mutating func cell(of group: Group) -> Int {
        if let newest, newest.group == group { return newest.cell }
        let cell = cells[group] ?? tally.addCell()
        if cell == groups.count {
            cells[group] = cell
            groups.append(group)
        }
        newest = (group, cell)
        return cell
    }

    /// Ends the requests, none of which of `suspects` streamed.
    ///
    /// - Returns: Whether all requests are to be handed over again, to ``addGaps(of:)``.
    package mutating func close(withoutStreams suspects: Set<Int> = []) -> Bool {
        precondition(search == nil, "all requests have been seen")
        if !suspects.isEmpty {
            let beside = besideReader.parameters.objectives
            for index in digests.indices {
                let group = groups[digests[index].cell]
                guard let suspect = group.suspect, suspects.contains(suspect) else { continue }
                let reader = readers[group.classIndex]
                digests[index].forgetStream(reader.parameters.objectives, beside: beside)
            }
        }
        let parts = GapParts(
            cells.filter { group, _ in group.suspect.map { !suspects.contains($0) } ?? true },
            agents: agents.count, classes: classes.count)
        self.parts = parts
        search = GapSearch(
            tally, parts: parts.cells, ranks: ranks, tolerance: tolerance)
        let stored = tally.stored
        tally = GapTally(bins: tally.bins, mostStored: 0)
        guard let stored else { return true }
        stored.withUnsafeBufferPointer { stored in
            var begin = 0
            for digest in digests {
                let end = begin + Int(digest.gaps)
                if digest.isStreamed {
                    search?.add(
                        UnsafeBufferPointer(rebasing: stored[begin..<end]), cell: digest.cell)
                }
                begin = end
            }
        }
        return false
    }

    /// Whether a request streamed, by its number in the order in which requests came: the last
    /// word, once they are closed.
    package func isStreamed(_ index: Int) -> Bool { digests[index].isStreamed }

    /// Hands over the gaps of the next request again.
    package mutating func addGaps(of tokens: [TokenEvent]) {
        precondition(revisited < digests.count, "these are other requests")
        let digest = digests[revisited]
        revisited += 1
        guard digest.isStreamed, digest.gaps > 0 else { return }
        let count = tokens.copyGaps(to: &gaps)
        precondition(count == digest.gaps, "these are other requests")
        gaps.withUnsafeBufferPointer {
            search?.add(UnsafeBufferPointer(rebasing: $0[..<count]), cell: digest.cell)
        }
    }
}
