import Console
import Coordinator
import Dispatch
import EventLoop
import Foundation
import JSON
import PlainText
import Plot
import Randomness
import Results
import Scenario
import Storage
import Sweep
import Synchronization
import TimeBase
import Workload

/// Runs the points of a sweep, each into a folder of its own, and keeps what is there already.
final class SweepRunner {
    let command: SweepCommand
    private var folder: String
    let combinations: [[SweepSetting]]
    /// GPUs of each combination, where they are known.
    private var gpus: [Double?] = []
    let axis: SweepAxis
    let figure: SummaryFigure
    let bound: SweepBound?
    let seeds: [UInt64]
    private let pause: TimeSpan
    private let isVirtual: Bool
    var result: SweepResult
    private var hasRun = false

    /// Times that a range which nobody gave grows to one side.
    private static let mostGrowths = 6

    init(_ command: SweepCommand) throws {
        self.command = command
        isVirtual = command.base.isVirtual
        figure = try command.figure()
        bound = try command.condition()
        let scenario = command.base.scenario.resolve()
        if isVirtual {
            (VirtualAssembly.notes(scenario) + scenario.slowEngineWarnings).forEach(Console.note)
        }
        let optimised = try command.optimised()
        let stages = scenario.workload.stages
        guard let stage = stages.first, stages.count == 1 || optimised != nil else {
            Exit.now(
                Exit.badData,
                "\(scenario.file): a sweep varies the load of one stage, and the scenario has "
                    + "\(scenario.workload.stages.count); keep the one that is to be varied")
        }
        axis =
            optimised.map { .field($0.field) } ?? command.axis ?? stage.load.sweepAxis
        let repeats = command.base.repetition.count ?? 1
        seeds = (0..<repeats).map { scenario.seed &+ UInt64($0) }
        pause =
            try command.coolDown.map { try Quantities.span($0, "--cool-down") } ?? .seconds(5)
        if axis == .concurrency,
            let part = try command.fixedLoads()?.first(where: { $0 != $0.rounded() })
        {
            Exit.now(
                Exit.usage,
                "--loads has \(part), and sessions at once are whole numbers; write those")
        }
        combinations = Self.combinations(try command.grid())
        result = SweepResult(
            name: scenario.name, version: Release.version, scenario: scenario.manifestJSON(),
            axis: axis, figure: figure, bound: bound, curves: [],
            hardware: SweepHardware(gpus: command.gpus, price: command.price))
        result.speeds = try command.readingSpeeds()
        // Every field and value is looked at before anything is made.
        folder = ""
        let value = optimised?.range.lowerBound
        for settings in combinations {
            gpus.append(simulatedGPUs(resolved(value, settings, seed: seeds[0])))
        }
        try checkPercentiles()
        folder = try SweepFolder.opened(for: command, result)
        interrupts()
    }

    /// An interruption between points ends the process.
    private func interrupts() {
        let folder = folder
        RunInterrupts.all.hear { _ in Self.leave(folder) }
    }

    /// Ends the process: points that are whole stay.
    private static func leave(_ folder: String) {
        RunInterrupts.leave(
            "interrupted: the points that are whole are in \(folder); the same command with "
                + "--out \(folder) goes on")
    }

    private func store() throws {
        let directory = try RunDirectory(opening: folder)
        try directory.write(Array(result.json.indented.utf8), to: RunFileName.sweep)
        try directory.write(Array(SweepPlot(result).svg.utf8), to: "sweep.svg")
        if !result.speeds.isEmpty {
            try directory.write(Array(SpeedPlot(result).svg.utf8), to: "speeds.svg")
        }
    }

    /// Prints the result and ends the process.
    func finish(_ result: SweepResult) -> Never {
        let text =
            command.base.json
            ? result.json.indented
            : Console.result(result.lines(style: Console.resultStyle, folder: folder))
        guard Output.write(text, to: STDOUT_FILENO) else {
            Exit.now(Exit.failed, "the result, which is in \(folder), cannot be printed")
        }
        Foundation.exit(result.isComplete || command.base.allowInvalid ? 0 : Exit.notValid)
    }

    // MARK: Curves

    /// Runs everything that is missing.
    func runAll() throws -> SweepResult {
        for (settings, gpus) in zip(combinations, gpus) {
            var curve = SweepResult.Curve(settings: settings, points: [])
            curve.gpus = gpus
            result.curves.append(curve)
            try fill(&curve)
            result.curves[result.curves.count - 1] = curve
            result.compareLast(floor: floor)
            try store()
        }
        return result
    }

    /// Every combination of values, the last field's changing first.
    private static func combinations(
        _ fields: [(field: String, values: [String])]
    ) -> [[SweepSetting]] {
        fields.reduce([[]]) { combinations, field in
            combinations.flatMap { settings in
                field.values.map { settings + [SweepSetting(field: field.field, value: $0)] }
            }
        }
    }

    private func fill(_ curve: inout SweepResult.Curve) throws {
        if let loads = try command.fixedLoads() {
            try measure(loads.map(axis.rounded), into: &curve)
            return
        }
        let given = try command.optimised()?.range ?? command.searchRange()
        let range = try given ?? ownRange(curve.settings)
        // The boundary first: its points serve the peak, too.
        if bound != nil {
            curve.boundary = try search(range, canGrow: given == nil, into: &curve) { range in
                let search = BoundarySearch(over: range, axis)
                return (search.next, { $0 == .aboveRange }, { $0 == .belowRange })
            }
        }
        if bound == nil || command.peak != nil {
            curve.peak = try search(range, canGrow: given == nil, into: &curve) { range in
                let search = PeakSearch(over: range, axis)
                return (search.next, { $0 == .aboveRange }, { $0 == .belowRange })
            }
        }
    }

    /// Measures what a search asks for until it is done, over a range that grows where it may.
    private func search<Outcome>(
        _ first: ClosedRange<Double>, canGrow: Bool, into curve: inout SweepResult.Curve,
        _ make: (ClosedRange<Double>) -> (
            next: ([SweepReading]) -> SweepStep<Outcome>, isAbove: (Outcome) -> Bool,
            isBelow: (Outcome) -> Bool
        )
    ) throws -> Outcome {
        var range = first
        var growths = 0
        while true {
            let search = make(range)
            switch search.next(readings(curve)) {
            case .measure(let loads): try measure(loads, into: &curve)
            case .done(let outcome):
                guard canGrow, growths < Self.mostGrowths else { return outcome }
                growths += 1
                if search.isAbove(outcome) {
                    range = range.lowerBound...range.upperBound * 4
                } else if search.isBelow(outcome), axis == .rate || range.lowerBound > 1 {
                    range = axis.least(range.lowerBound / 4)...range.upperBound
                } else {
                    return outcome
                }
            }
        }
    }

    /// Values of a field share a plan, and loads do not.
    private func readings(_ curve: SweepResult.Curve) -> [SweepReading] {
        guard case .field = axis else { return curve.points.map { $0.reading(figure, bound) } }
        return curve.readings(figure, bound, floor: floor)
    }

    /// Nothing but the plan differs from run to run in virtual time: any difference counts.
    private var floor: Double? { isVirtual ? 0 : nil }

    /// Whether single runs are compared request by request.
    private var comparesRequests: Bool {
        if seeds.count > 1 { return false }
        if case .field = axis { return true }
        return combinations.count > 1
    }

    /// A range around the scenario's own load.
    func ownRange(_ settings: [SweepSetting]) throws -> ClosedRange<Double> {
        let scenario = resolved(nil, settings, seed: seeds[0])
        let own = scenario.workload.stages.first?.load.sweepLoad(axis) ?? 4
        return axis.least(own / 4)...max(own * 4, axis.least(own / 4) * 4)
    }

    // MARK: Points

    func resolved(
        _ load: Double?, _ settings: [SweepSetting], seed: UInt64
    ) -> ResolvedScenario {
        command.base.scenario.resolve(seed: seed) { overrides in
            overrides.fields = settings.map {
                FieldChange(path: $0.field, value: $0.value, option: "--over")
            }
            guard let load else { return }
            switch axis {
            case .rate: overrides.requestRate = "\(load)"
            case .concurrency: overrides.maxConcurrency = "\(Int(load))"
            case .field(let path):
                overrides.fields.append(
                    FieldChange(path: path, value: "\(Int(load))", option: "--optimise"))
            }
        }
    }

    /// GPUs of the engines that serve in virtual time; nil for servers, which do not say.
    private func simulatedGPUs(_ scenario: ResolvedScenario) -> Double? {
        guard isVirtual else { return nil }
        if case .field(let path) = axis, path.lowercased() == "engine.engines" { return nil }
        let agents = command.base.local ?? scenario.deal.agentCount ?? 1
        return Double(agents * (scenario.engine.engines ?? 1))
    }

    /// A run of a point that is to be made or read.
    private struct Work: Sendable {
        var load: Double
        var scenario: ResolvedScenario
        /// Relative to the sweep's folder.
        var folder: String
    }

    private func measure(_ loads: [Double], into curve: inout SweepResult.Curve) throws {
        let settings = curve.settings
        let missing = Set(loads).sorted().filter { load in
            !curve.points.contains { $0.load == load }
        }
        let works = missing.flatMap { load in
            seeds.map { seed in
                let former = SweepFolder.formerPoint(load, settings, seed: seed, axis)
                // A server that remembers prompts must not meet them again at the next load.
                let offset = isVirtual ? 0 : mix64(load.bitPattern) % 1_000_000 * 1_000
                return Work(
                    load: load, scenario: resolved(load, settings, seed: seed &+ offset),
                    folder: SweepFolder.holds(former, in: folder)
                        ? former : SweepFolder.point(load, settings, seed: seed, axis))
            }
        }
        let summaries = isVirtual ? try sideBySide(works) : try works.map(inTurn)
        let figures = result.figures
        for load in missing {
            let runs = zip(works, summaries).filter { $0.0.load == load }.map { work, summary in
                SweepPoint.Run(
                    summary, folder: work.folder, figures: figures, speeds: result.speeds,
                    keepsRequests: comparesRequests)
            }
            let point = SweepPoint(load: load, settings: settings, runs: runs)
            curve.points.append(point)
            let smooth = point.estimate(.smooth)?.value
            Console.note(
                "\(point.words(result)): smooth goodput \(Figures.rate(smooth)) of "
                    + "\(Figures.rate(point.estimate(.throughput)?.value)) tok/s, "
                    + (point.isOverSaturated
                        ? "over-saturated"
                        : point.verdict.rawValue + (point.isOverloaded ? ", overloaded" : "")))
        }
        curve.points.sort { $0.load < $1.load }
        result.curves[result.curves.count - 1] = curve
        try store()
    }

    /// The run that a former attempt left; nil where there is none.
    private static func stored(
        _ work: Work, in folder: String, withSurface: Bool
    ) throws -> RunSummary? {
        let path = "\(folder)/\(work.folder)"
        guard SweepFolder.holds(work.folder, in: folder) else { return nil }
        var overrides = ScoringOverrides()
        overrides.surface = withSurface
        let score: StoredScore
        do throws(FileProblem) {
            score = try StoredScore(path: path, overrides: overrides)
        } catch {
            throw FileProblem(
                error.kind, path,
                "is a damaged point of this sweep (\(error)); remove this folder, and the same "
                    + "command runs the point again")
        }
        guard case .run(let summary, _) = score else { return nil }
        let wanted = try JSONValue(parsing: Array(work.scenario.manifestJSON().utf8))
        guard summary.header.scenario == wanted, summary.header.version == Release.version else {
            throw FileProblem(
                .content, path,
                "is a point of another scenario or version; name another folder by --out, or take "
                    + "this one away to run it again")
        }
        return summary
    }

    /// Whether a point ends as soon as it is known that the servers cannot serve its load: nothing
    /// that is sought becomes better from there on.
    private var endsOverSaturated: Bool {
        axis == .rate && !command.wholePoints && figure.fallsInOverload
            && bound?.figures.contains(where: \.fallsInOverload) ?? true
    }

    /// Makes the folder of a run where no half-made one stands in the way, and gives it its name
    /// when all its files are there.
    private static func made<Made>(
        _ work: Work, in folder: String, _ make: (borrowing RunDirectory) throws -> Made
    ) throws -> Made {
        let path = "\(folder)/\(work.folder)"
        let partial = path + ".partial"
        for left in [partial, path] where FileManager.default.fileExists(atPath: left) {
            try FileManager.default.removeItem(atPath: left)
        }
        let made = try make(RunDirectory.create(at: partial))
        try FileManager.default.moveItem(atPath: partial, toPath: path)
        return made
    }

    private func sideBySide(_ works: [Work]) throws -> [RunSummary] {
        let assembly = try VirtualAssembly(command.base)
        let folder = folder
        let withSurface = !result.speeds.isEmpty
        let jobs = command.jobs ?? ProcessInfo.processInfo.activeProcessorCount
        let next = Atomic(0)
        let done = Mutex<[Result<RunSummary, any Error>?]>(
            Array(repeating: nil, count: works.count))
        DispatchQueue.concurrentPerform(iterations: min(jobs, works.count)) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < works.count else { return }
                let summary = Result {
                    try Self.stored(works[index], in: folder, withSurface: withSurface)
                        ?? Self.made(works[index], in: folder) { directory in
                            try VirtualAssembly.write(
                                try assembly.load(works[index].scenario), into: directory,
                                withSurface: withSurface)
                        }
                }
                done.withLock { $0[index] = summary }
            }
        }
        return try done.withLock { $0 }.map { result in
            guard let result else { preconditionFailure("every work was taken") }
            return try result.get()
        }
    }

    private func inTurn(_ work: Work) throws -> RunSummary {
        let withSurface = !result.speeds.isEmpty
        // An end that came early is none where whole points are wanted.
        if let summary = try Self.stored(work, in: folder, withSurface: withSurface),
            endsOverSaturated || summary.header.overSaturated == nil
        {
            return summary
        }
        if hasRun { Thread.sleep(forTimeInterval: pause.seconds) }
        hasRun = true
        let base = command.base
        let prepared = try base.prepare(work.scenario)
        let summary = try Self.made(work, in: folder) { directory in
            let summary = try base.lead(
                prepared, of: work.scenario, into: directory, endsOverSaturated: endsOverSaturated
            ).summary
            // Half a point is none: it keeps the name that is made again.
            guard summary.header.interrupted else { return summary }
            Self.leave(folder)
            return summary
        }
        interrupts()
        guard withSurface else { return summary }
        return try Self.stored(work, in: folder, withSurface: true) ?? summary
    }
}

extension SweepPoint {
    /// `chunked, 2.5/s`.
    fileprivate func words(_ result: SweepResult) -> String {
        (settings.map(\.value) + [result.words(of: load)]).joined(separator: ", ")
    }
}
