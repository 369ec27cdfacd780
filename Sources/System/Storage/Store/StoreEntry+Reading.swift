import JSON
import Results

extension StoreEntry {
    /// The entry of the folder `name` at `path`.
    init(reading path: String, _ name: String, _ survey: FolderSurvey, now: Int64) {
        self.init(folder: name, state: .unfinished, written: survey.written)
        byteCount = survey.byteCount
        foreign = survey.foreign
        guard let kind = StoreLayout.kind(of: survey.names) else {
            state = .damaged("\(path): is no run's folder, it has no \(RunFileName.manifest)")
            self.kind = nil
            return
        }
        self.kind = kind
        let isYoung = now - written < Self.youngest
        do throws(FileProblem) {
            switch kind {
            case .run: try readRun(path, survey, isYoung: isYoung)
            case .repeats: try readRepeats(path, survey, isYoung: isYoung)
            case .sweep: try readSweep(path, survey, isYoung: isYoung)
            }
        } catch {
            state = .damaged("\(error)")
        }
    }

    private mutating func readRun(
        _ path: String, _ survey: FolderSurvey, isYoung: Bool
    ) throws(FileProblem) {
        guard survey.has(RunFileName.manifest) else {
            guard survey.has(RunFileName.journal) || isYoung else {
                throw FileProblem(
                    .content, path, "has no \(RunFileName.manifest) and no \(RunFileName.journal)")
            }
            state = isYoung ? .underWay : .unfinished
            return
        }
        try readHead(path)
        let summary = try Self.json(path, RunFileName.summary)
        guard let totals = summary["totals"], totals.members != nil else {
            throw FileProblem(
                .content, "\(path)/\(RunFileName.summary)",
                "has no `totals`; make it anew with legato score RUN --out DIR")
        }
        smooth = totals["smooth_goodput"]?.double
        throughput = totals["throughput"]?.double
    }

    /// The members of a run's manifest that tell runs apart.
    private mutating func readHead(_ path: String) throws(FileProblem) {
        let manifest = try Self.json(path, RunFileName.manifest)
        guard let verdict = manifest["verdict"]?.string.flatMap(Verdict.init(rawValue:)) else {
            throw FileProblem(
                .content, "\(path)/\(RunFileName.manifest)", "has no verdict of a run")
        }
        state = .over(verdict)
        name = manifest["name"]?.string ?? name
        if let realtime = manifest["epoch"]?["realtime_ns"]?.int64 {
            began = realtime / 1_000_000_000
        }
        simulated = manifest["simulated"]?.string
        host = manifest["host"]?["hostname"]?.string
        for agent in manifest["agents"]?.array ?? [] {
            for target in agent["targets"]?.array ?? [] {
                if let url = target.string, !servers.contains(url) { servers.append(url) }
            }
        }
        if simulated != nil { servers = [] }
    }

    private mutating func readRepeats(
        _ path: String, _ survey: FolderSurvey, isYoung: Bool
    ) throws(FileProblem) {
        let runs = survey.runs
        self.runs = runs.count
        try readWorst(path, runs, survey, isYoung: isYoung)
        guard survey.has(RunFileName.joined) else { return }
        let figures = try Self.json(path, RunFileName.joined)["figures"]
        smooth = figures?["smooth_goodput"]?["value"]?.double
        throughput = figures?["throughput"]?["value"]?.double
    }

    private mutating func readSweep(
        _ path: String, _ survey: FolderSurvey, isYoung: Bool
    ) throws(FileProblem) {
        runs = survey.runs.count
        try readWorst(path, Array(survey.runs.prefix(1)), survey, isYoung: isYoung)
        guard survey.has(RunFileName.sweep) else { return }
        let sweep = try Self.json(path, RunFileName.sweep)
        name = sweep["name"]?.string ?? name
        let points = (sweep["curves"]?.array ?? []).flatMap { $0["points"]?.array ?? [] }
        func greatest(_ figure: String) -> Double? {
            points.compactMap { $0["figures"]?[figure]?["value"]?.double }.max()
        }
        smooth = greatest("smooth")
        throughput = greatest("throughput")
        let verdicts = points.compactMap { $0["verdict"]?.string.flatMap(Verdict.init(rawValue:)) }
        if case .over = state, let worst = verdicts.max() { state = .over(worst) }
    }

    /// The head of the first of several runs, and the worst verdict of all.
    private mutating func readWorst(
        _ path: String, _ runs: [String], _ survey: FolderSurvey, isYoung: Bool
    ) throws(FileProblem) {
        var first: StoreEntry?
        var worst: Verdict?
        for run in runs where survey.has(RunFileName.manifest, in: run) {
            var entry = StoreEntry(folder: folder, state: .unfinished, written: written)
            try entry.readHead("\(path)/\(run)")
            if case .over(let verdict) = entry.state { worst = max(worst ?? verdict, verdict) }
            first = first ?? entry
        }
        if let first {
            (name, began) = (first.name, first.began)
            (servers, simulated, host) = (first.servers, first.simulated, first.host)
        }
        let isWhole =
            !survey.runs.isEmpty
            && survey.runs.allSatisfy { survey.has(RunFileName.manifest, in: $0) }
        if isWhole, let worst {
            state = .over(worst)
        } else {
            state = isYoung ? .underWay : .unfinished
        }
    }

    private static func json(_ path: String, _ name: String) throws(FileProblem) -> JSONValue {
        let bytes = try RunDirectory(opening: path).read(name)
        do throws(JSONSyntaxError) {
            return try JSONValue(parsing: bytes)
        } catch {
            throw FileProblem(
                .content, "\(path)/\(name)", line: error.line,
                "column \(error.column): \(error.problem)")
        }
    }
}
