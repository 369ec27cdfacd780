import Goodput
import JSON
import Loss
import Results
import RunRecord
import Sampling
import Workload

/// All that the page's script draws and scores from: names as JSON, numbers as one stream.
struct PageData {
    private(set) var head: JSONValue = .null
    private(set) var stream = NumberStream()
    /// One for the run's own readers, then one a speed of the slider.
    let picks: [ReaderPicks]
    /// The dearest first.
    private(set) var moments: [DearMoment]

    private let summary: RunSummary
    private let requests: PageRequests
    /// ns that times of requests are counted in: 1000, or 1 where a wait of any length costs all.
    private let unit: Int64

    /// - Throws: ``FileProblem``, from the second pass over the requests, for tokens.
    init(
        _ summary: RunSummary, _ requests: PageRequests, _ table: LossTable,
        of source: any MeasuredRequests
    ) throws(FileProblem) {
        self.summary = summary
        self.requests = requests
        moments = DearMoment.candidates(summary)
        let parameters = summary.classParameters.map(\.parameters)
        unit = parameters.contains { $0.penalty == .step } ? 1 : 1_000
        let own: Lens
        do throws(ScoringError) {
            own = try Lens(parameters)
            picks = try ReaderPicks.all(requests, parameters)
        } catch {
            throw FileProblem(.content, source.path, "\(error)")
        }
        head = names(table)
        writeRequests()
        table.write(to: &stream)
        for pick in picks {
            stream.add(pick.rows.count)
            pick.rows.forEach { stream.add($0) }
        }
        try writeTokens(of: source, readers: own.readers)
        moments.sort { ($1.tokensLost, $0.to) < ($0.tokensLost, $1.to) }
        stream.add(requests.columns)
        requests.strips.write(requests.spectrum, summary, to: &stream)
    }

    private func names(_ table: LossTable) -> JSONValue {
        [
            "length": .integer(requests.interval.length), "unit": .integer(unit),
            "smooth": summary.run.totals.smoothGoodput.map { .real($0) } ?? .null,
            "agents": .array(summary.header.agents.map { .string($0.name) }),
            "causes": .array(table.causes.map { .string($0.name) }),
            "columns": .integer(
                requests.hasColumns && requests.strips.agents.isEmpty
                    ? Int64(TokenColumns.count) : 0),
            "steady": steady, "servers": .array(ServerLoad.all(summary, requests).map(\.json)),
            "classes": .array(summary.classParameters.map { $0.parameters.pageJSON($0.name) }),
            "drawn": .integer(Int64(requests.drawn)),
            "every": .integer(Int64(requests.sample.every)),
            "delivered": .integer(Int64(requests.delivered)),
            "earning": .integer(Int64(requests.earning)), "penalties": penalties,
            "open": .array(requests.open.nodes.map { .integer(Int64($0.requests)) }),
            "failed": .array(
                summary.agents.map { .integer(Int64($0.totals.outcomes.failed)) }),
            "strips": .array(requests.strips.agents.map { .integer(Int64($0)) }),
            "unseen": .integer(
                Int64(max(0, summary.agents.count - requests.strips.agents.count))),
            "run": run,
        ]
    }

    /// The facts that a file of the page's values begins with.
    private var run: JSONValue {
        let header = summary.header
        return [
            "name": .string(header.name), "run_id": .string(header.runID),
            "seed": .whole(header.seed), "version": .string(header.version),
            "verdict": .string(header.validity.verdict.rawValue),
            "simulated": header.simulated.map(JSONValue.string) ?? .null,
        ]
    }

    /// Tokens that an alpha of 1 loses at each speed beside what earns nothing; null where the page
    /// has every request's hull, which knows them.
    private var penalties: JSONValue {
        guard !requests.sample.isWhole else { return .null }
        let spectrum = requests.spectrum
        return .array(
            Lens.speeds.indices.map { speed in
                let parts = LossCause.allCases.flatMap {
                    spectrum.losses($0, speed: Lens.speeds.count - 1 - speed)
                }
                return .real(parts.reduce(0, +))
            })
    }

    /// The steady window, seconds.
    private var steady: JSONValue {
        guard let samples = summary.analyses?.samples, samples.steady.isSteady,
            let window = samples.steady.window
        else { return .null }
        let begin = requests.interval.begin
        return .array(
            [window.lowerBound, window.upperBound].map { .real(Double($0 - begin) / 1e9) })
    }

    private mutating func writeRequests() {
        stream.add(requests.rows.count)
        var id = 0
        var scheduled: Int64 = 0
        for row in requests.rows {
            let parameters = summary.classParameters[row.classIndex].parameters
            let at = row.scheduled / unit
            stream.add(row.id - id)
            stream.add(row.agentIndex)
            stream.add(row.classIndex)
            stream.add(at - scheduled)
            stream.add(row.delivered)
            stream.add(row.delivered - row.read)
            stream.add(row.read - row.earning)
            stream.add(RequestOutcome.allCases.firstIndex(of: row.outcome) ?? 0)
            stream.add(row.promptTokens ?? 0)
            let last = row.tokens?.last ?? 0
            if let tokens = row.tokens {
                stream.add(tokens.first / unit)
                stream.add((tokens.last - tokens.first) / unit)
            }
            stream.add((row.finish - last) / unit)
            stream.add((row.origin - parameters.ttftBudget) / unit)
            write(row.hull.pruned(for: parameters.readingSpeed))
            id = row.id
            scheduled = at
        }
    }

    private mutating func write(_ vertices: ArraySlice<ReadingHull.Vertex>) {
        stream.add(vertices.count)
        var before = (token: 0, elapsed: 0)
        for vertex in vertices {
            let elapsed = Int((Double(vertex.elapsed) / Double(unit)).rounded())
            stream.add(vertex.token - before.token)
            stream.add(elapsed - before.elapsed)
            before = (vertex.token, elapsed)
        }
    }

    /// Every token where all are in the page, else those of the readers that are picked, in ms; on
    /// the way the waits of the dearest moments are counted.
    ///
    /// - Parameter readers: One a class, as it was scored.
    private mutating func writeTokens(
        of source: any MeasuredRequests, readers: [Reader]
    ) throws(FileProblem) {
        let classes = Dictionary(
            uniqueKeysWithValues: summary.classes.enumerated().map { ($1.name, $0) })
        var wanted: [Int: Int] = [:]
        for index in requests.hasColumns ? picks.flatMap(\.rows) : Array(requests.rows.indices) {
            wanted[requests.rows[index].id] = index
        }
        stream.add(wanted.count)
        var stream = stream
        var moments = moments
        try source.forEach(withTokens: true) { (request) throws(FileProblem) in
            guard request.phase == .scored else { return }
            let times = summary.times(of: request)
            let concerned = moments.indices.filter { moments[$0].concerns(request, times) }
            if !concerned.isEmpty, let classIndex = classes[request.className] {
                LostWaits.forEach(of: times, readers[classIndex]) { wait in
                    for index in concerned { moments[index].take(wait) }
                }
            }
            guard let index = wanted[Int(request.id)] else { return }
            stream.add(index)
            stream.add(times.tokens.count)
            var before: Int64 = 0
            for event in times.tokens {
                let at = (event.time - times.scheduled + 500_000) / 1_000_000
                let isSingle = event.count == 1
                stream.add(Int(at - before) * 2 + (isSingle ? 0 : 1))
                if !isSingle { stream.add(Int(event.count)) }
                before = at
            }
        }
        (self.stream, self.moments) = (stream, moments)
    }
}

extension ScoringParameters {
    fileprivate func pageJSON(_ name: String) -> JSONValue {
        let argument: Double =
            switch penalty {
            case .linear, .step: 0
            case .power(let exponent): exponent
            case .exponential(let tau), .fraction(let tau): tau
            case .hinge(let grace): grace
            }
        return [
            "name": .string(name), "speed": .real(readingSpeed), "alpha": .real(alpha),
            "budget": .integer(ttftBudget), "penalty": .string(penalty.kind),
            "argument": .real(argument),
        ]
    }
}

extension ReadingHull {
    /// The vertices that readers of the page's speeds, and of `speed`, can wait longest for.
    fileprivate func pruned(for speed: Double) -> ArraySlice<Vertex> {
        let own = Reader.tokenTime(readingSpeed: speed)
        let times = [Lens.speeds[0], Lens.speeds[Lens.speeds.count - 1]].map {
            Reader.tokenTime(readingSpeed: $0)
        }
        let slowest = max(own, times[0])
        let fastest = min(own, times[1])
        var kept = vertices[...]
        func isSteeper(_ a: Vertex, _ b: Vertex, than tokenTime: Int64) -> Bool {
            Double(b.elapsed - a.elapsed) > Double(tokenTime) * Double(b.token - a.token)
        }
        while kept.count > 1,
            isSteeper(kept[kept.startIndex], kept[kept.startIndex + 1], than: slowest)
        {
            kept.removeFirst()
        }
        while kept.count > 1,
            !isSteeper(kept[kept.endIndex - 2], kept[kept.endIndex - 1], than: fastest)
        {
            kept.removeLast()
        }
        return kept
    }
}
