import ArgumentParser
import Foundation
import Results
import Scenario
import Sweep

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Run a scenario under many loads: find the peak of a figure, or a bound's edge.",
        usage: "legato sweep [<scenario>] [<options>]",
        discussion: """
            Every point is a run, with a folder of its own below the sweep's, and all options of \
            `legato run` hold for each of them. Without --loads the peak of --peak is sought, and \
            with --bound the greatest load that meets it; without --range the range begins around \
            the scenario's own load and grows as far as it must.

            --over runs all of that for every value of a field, and for every combination of \
            several: --over engine.scheduler=chunked,prefill-first --over \
            classes.chat.reader.speed=5/s,20/s.

            Values of --optimise and of --over share a plan: a table has each one's difference to \
            the best or the first, request by request, or by seed with --repeat 3.

            A sweep that was cut off goes on with the same command and --out: a point that is \
            there is not run again. With --virtual points are run side by side.

            Exit codes: 0 every point is valid (or simulated); 2 some are not, or what was sought \
            was not found; 64 bad usage; 65 a bad file; 69 a server is unavailable; 75 \
            interrupted; 1 a file that the system does not let be read or written.
            """)

    @OptionGroup var base: RunCommand

    @Option(
        help: ArgumentHelp(
            "The loads to run, such as 1,1.5,2: no other is sought.", valueName: "list"))
    var loads: String?

    @Option(
        help: ArgumentHelp("The loads to search, such as 0.5..8.", valueName: "low..high"))
    var range: String?

    @Option(
        help: ArgumentHelp(
            "What a load is: rate (sessions a second) or concurrency (sessions at once); default: "
                + "what the scenario's stage has.", valueName: "rate|concurrency"))
    var axis: SweepAxis?

    @Option(
        help: ArgumentHelp(
            "The figure whose peak is sought: \(SummaryFigure.peaks.joined(separator: ", ")) "
                + "(default: smooth, or none with --bound).", valueName: "figure"))
    var peak: String?

    @Option(
        help: ArgumentHelp(
            "A condition on each point; the greatest load is sought that meets it, such as "
                + "'ttft.p99 < 500 ms and smooth > 0.95 * throughput'.", valueName: "condition"))
    var bound: String?

    @Option(
        help: ArgumentHelp(
            "A field whose value is a whole number, and the range in which the best value of "
                + "--peak is sought at the scenario's own load, such as "
                + "engine.chunkBudget=256..8192.", valueName: "field=low..high"))
    var optimise: String?

    @Flag(
        help: """
            Measure loads that the servers cannot serve to their end, too, instead of ending them \
            when that is sure.
            """)
    var wholePoints = false

    @Option(
        help: ArgumentHelp(
            "GPUs that serve, for figures of one GPU (with --virtual: the engines).",
            valueName: "count"))
    var gpus: Double?

    @Option(
        help: ArgumentHelp(
            "Price of an hour of one GPU, such as 2.5: dollars a million tokens are shown.",
            valueName: "dollars"))
    var price: Double?

    @Option(
        help: ArgumentHelp(
            "Reading speeds, tokens a second, for each of which the best point is shown: smooth "
                + "goodput a GPU, such as 5,10,20,40.", valueName: "list"))
    var speeds: String?

    @Option(
        help: ArgumentHelp(
            "A field of the scenario and the values to give it; repeatable.",
            valueName: "field=a,b"))
    var over: [String] = []

    @Option(
        help: ArgumentHelp(
            "Points that run side by side, with --virtual (default: one a core).",
            valueName: "count"))
    var jobs: Int?

    @Option(
        help: ArgumentHelp(
            "Pause between runs of real servers (default: 5 s).", valueName: "time"))
    var coolDown: String?

    func validate() throws {
        _ = try searchRange()
        _ = try fixedLoads()
        _ = try figure()
        _ = try condition()
        _ = try grid()
        _ = try optimised()
        _ = try readingSpeeds()
        for (value, option) in [(gpus, "--gpus"), (price, "--price")] {
            if let value, !(value > 0 && value.isFinite) {
                throw ValidationError("\(option) is \(value); write a number above 0")
            }
        }
        if price != nil, gpus == nil, !base.isVirtual {
            throw ValidationError("--price is of a GPU: say by --gpus how many serve")
        }
        if speeds != nil, gpus == nil, !base.isVirtual {
            throw ValidationError("--speeds is about what a GPU serves: say by --gpus how many do")
        }
        if optimise != nil {
            for (isGiven, option) in [
                (loads != nil, "--loads"), (range != nil, "--range"), (axis != nil, "--axis"),
                (bound != nil, "--bound"),
            ] where isGiven {
                throw ValidationError(
                    "\(option) is about loads, and --optimise keeps to the scenario's own: drop one"
                )
            }
        }
        if loads != nil, range != nil {
            throw ValidationError("--loads names the loads and --range searches them: drop one")
        }
        if loads != nil, peak != nil {
            throw ValidationError("--peak is sought, and --loads names the loads: drop one")
        }
        if let jobs, !(1...1_024).contains(jobs) {
            throw ValidationError("--jobs is \(jobs); write a number from 1 to 1024")
        }
        if jobs != nil, !base.isVirtual {
            throw ValidationError(
                "--jobs is for --virtual: points of real servers run one after the other")
        }
        if let coolDown {
            guard !base.isVirtual else {
                throw ValidationError("--cool-down is for servers, and --virtual asks none")
            }
            _ = try Quantities.span(coolDown, "--cool-down")
        }
        for (isGiven, option) in [
            (base.repetition.until != nil, "--until"), (base.repetition.samePlan, "--same-plan"),
            (base.verbose, "--verbose"), (base.dashboard.isGiven, "--dashboard"),
            (base.percentileMetrics != nil, "--percentile-metrics"),
        ] where isGiven {
            throw ValidationError("\(option) is about one scenario's runs; drop it")
        }
        for (value, option, own) in [
            (base.scenario.requestRate, "--request-rate", "--axis rate"),
            (base.scenario.maxConcurrency, "--max-concurrency", "--axis concurrency"),
        ] where value != nil && optimise == nil {
            throw ValidationError(
                "\(option) is what the sweep sets; write the loads as --loads or --range, with "
                    + own)
        }
    }

    func run() throws {
        do {
            let runner = try SweepRunner(self)
            runner.finish(try runner.runAll())
        } catch {
            base.fail(error)
        }
    }

    // MARK: Values of the options

    /// The greatest load of either axis; of rates, a session a nanosecond.
    private static let greatestLoad = 1e9

    /// - Returns: nil where no range was given.
    func searchRange() throws -> ClosedRange<Double>? {
        guard let range else { return nil }
        let ends = range.components(separatedBy: "..").map { Double($0) }
        guard ends.count == 2, let low = ends[0], let high = ends[1], low > 0, high > low,
            high <= Self.greatestLoad
        else {
            throw ValidationError(
                "--range is \"\(range)\"; write two numbers from above 0 to 1e9, the lower one "
                    + "first, such as 0.5..8")
        }
        return low...high
    }

    /// - Returns: nil where no loads were given.
    func fixedLoads() throws -> [Double]? {
        guard let loads else { return nil }
        let numbers = try loads.split(separator: ",").map { part in
            guard let number = Double(part.filter { $0 != " " }), number > 0,
                number <= Self.greatestLoad
            else {
                throw ValidationError(
                    "--loads has \"\(part)\"; write numbers from above 0 to 1e9, such as 1,1.5,2")
            }
            return number
        }
        guard !numbers.isEmpty else {
            throw ValidationError("--loads is empty; write numbers, such as 1,1.5,2")
        }
        return Array(Set(numbers)).sorted()
    }

    /// Reading speeds, rising, within those of a run's surface.
    func readingSpeeds() throws -> [Double] {
        guard let speeds else { return [] }
        let numbers = try speeds.split(separator: ",").map { part in
            guard let number = Double(part.filter { $0 != " " }), (1...1_000).contains(number)
            else {
                throw ValidationError(
                    "--speeds has \"\(part)\"; write tokens a second from 1 to 1000, such as "
                        + "5,10,20,40")
            }
            return number
        }
        guard !numbers.isEmpty else {
            throw ValidationError("--speeds is empty; write numbers, such as 5,10,20,40")
        }
        return Array(Set(numbers)).sorted()
    }

    /// - Returns: nil where no field is optimised.
    func optimised() throws -> (field: String, range: ClosedRange<Double>)? {
        guard let optimise else { return nil }
        let halves = optimise.split(separator: "=", maxSplits: 1).map(String.init)
        let ends = (halves.count == 2 ? halves[1] : "").components(separatedBy: "..").map {
            Int($0.trimmingCharacters(in: .whitespaces))
        }
        guard halves.count == 2, !halves[0].isEmpty, ends.count == 2, let low = ends[0],
            let high = ends[1], low >= 1, high > low, high <= 1 << 30
        else {
            throw ValidationError(
                "--optimise is \"\(optimise)\"; write a field and two whole numbers from 1 on, the "
                    + "lower one first, such as engine.chunkBudget=256..8192")
        }
        guard try !grid().contains(where: { $0.field == halves[0] }) else {
            throw ValidationError("--optimise and --over set \(halves[0]) both: drop one")
        }
        return (halves[0], Double(low)...Double(high))
    }

    func figure() throws -> SummaryFigure {
        guard let peak else { return .smooth }
        do throws(UnknownFigure) {
            let figure = try SummaryFigure(parsing: peak)
            // The least latency of a load is that of no load.
            guard SummaryFigure.peaks.contains(peak) || optimise != nil else {
                throw UnknownFigure(name: peak)
            }
            return figure
        } catch {
            throw ValidationError(
                "--peak is \"\(peak)\"; write \(SummaryFigure.peaks.joined(separator: ", "))")
        }
    }

    func condition() throws -> SweepBound? {
        do throws(SweepError) {
            return try bound.map { text throws(SweepError) in try SweepBound(parsing: text) }
        } catch {
            throw ValidationError("--bound: \(error)")
        }
    }

    /// The fields that are varied, each with its values.
    func grid() throws -> [(field: String, values: [String])] {
        var fields: [(field: String, values: [String])] = []
        for text in over {
            let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
            let values = Self.values(in: halves.count == 2 ? halves[1] : "")
            guard halves.count == 2, !halves[0].isEmpty, !values.isEmpty, !values.contains("")
            else {
                throw ValidationError(
                    "--over is \"\(text)\"; write a field and its values, such as "
                        + "engine.scheduler=chunked,prefill-first")
            }
            guard !Self.setsTheLoad(halves[0]) else {
                throw ValidationError(
                    "--over \(halves[0]) is what the sweep sets; write the loads as --loads or "
                        + "--range")
            }
            guard Set(values).count == values.count else {
                throw ValidationError("--over \(halves[0]) has a value twice; drop one")
            }
            guard !fields.contains(where: { $0.field == halves[0] }) else {
                throw ValidationError(
                    "--over \(halves[0]) is there twice; write its values behind one another")
            }
            fields.append((halves[0], values))
        }
        return fields
    }

    /// The values of a list: a comma within parentheses, as laws have it, parts nothing.
    private static func values(in text: String) -> [String] {
        var values = [""]
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                values.append("")
            } else {
                values[values.count - 1].append(character)
            }
        }
        return values.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// Whether a field is the load of a stage.
    private static func setsTheLoad(_ field: String) -> Bool {
        let parts = field.lowercased().split(separator: ".")
        let name = parts.last.map { $0.filter(\.isLetter) } ?? ""
        return parts.first == "stages"
            && ["rate", "concurrency", "maxconcurrency", "burst", "replay"].contains(name)
    }
}

extension SweepAxis: ExpressibleByArgument {
    /// `rate` or `concurrency`.
    public init?(argument: String) {
        switch argument {
        case "rate": self = .rate
        case "concurrency": self = .concurrency
        default: return nil
        }
    }
}
