import ArgumentParser
import Foundation
import Goodput
import Scenario
import ServingClient

/// The options that change a scenario; `legato run` and `legato check` share them.
struct ScenarioOptions: ParsableArguments {
    @Argument(
        help: "The scenario, a YAML file; without one the options alone describe the run.",
        completion: .file(extensions: ["yaml", "yml", "json"]))
    var scenario: String?

    @Option(
        name: [.customLong("url"), .customShort("u")],
        help: ArgumentHelp(
            "A server: http://HOST:PORT, https://HOST:PORT, HOST:PORT or unix:/PATH, with /PREFIX "
                + "where it has one, or the whole URL that requests are posted to "
                + "(.../chat/completions, or with a query); repeatable. Without any, each local "
                + "agent embeds an engine."))
    var urls: [String] = []

    @Option(name: [.long, .customShort("m")], help: "Model name to ask for.")
    var model: String?

    @Option(
        help: ArgumentHelp(
            "API to call: chat or completions, or its path (default: what a URL names, else chat).",
            valueName: "chat|completions"), completion: .list(["chat", "completions"]))
    var endpoint: String?

    @Option(
        help: ArgumentHelp(
            "Requests per second over all agents, such as 4, 240/min, a ramp 4..12, or inf "
                + "(default: the scenario's, else 4).",
            valueName: "rate"))
    var requestRate: String?

    @Option(
        help: ArgumentHelp(
            "Shape of the gamma arrivals: 1 is Poisson, below 1 burstier (default: the scenario's, "
                + "else 1).",
            valueName: "shape"))
    var burstiness: String?

    @Option(
        help: ArgumentHelp(
            "Gaps between arrivals: random or even (default: the scenario's, else random).",
            valueName: "random|even"), completion: .list(["random", "even"]))
    var spacing: String?

    @Option(
        help: ArgumentHelp(
            "So many sessions at once over all agents (a closed loop); with --request-rate, most "
                + "requests in flight (an open loop whose sends wait for a place). Default: the "
                + "scenario's, else no bound.",
            valueName: "count"))
    var maxConcurrency: String?

    @Option(
        help: ArgumentHelp(
            "Number of requests (default: the scenario's, else 100; with --duration no bound).",
            valueName: "count"))
    var numPrompts: String?

    @Option(
        help: ArgumentHelp(
            "Length of the load, such as \"2 min\"; a bare number is seconds (default: the "
                + "scenario's, else until --num-prompts are sent).",
            valueName: "time"))
    var duration: String?

    @Option(
        help: ArgumentHelp(
            "Load before it that counts nowhere, such as \"30 requests\" or \"10 s\" (default: the "
                + "scenario's, else none).",
            valueName: "count|time"))
    var warmup: String?

    @Option(
        help: ArgumentHelp(
            "Input tokens of a request: a number, a range 100..400 or a law (default: the "
                + "scenario's, else 256).",
            valueName: "tokens"))
    var inputLen: String?

    @Option(
        help: ArgumentHelp(
            "Output tokens of a request: a number, a range 100..400 or a law (default: the "
                + "scenario's, else 128); prompts that state none need it.",
            valueName: "tokens"))
    var outputLen: String?

    @Option(
        help: ArgumentHelp(
            "File of prompts to send: prompts or messages a line or in a list, plain text, CSV, "
                + "ShareGPT, OpenAI batch, aiperf or Mooncake text_input.",
            valueName: "file"), completion: .file())
    var prompts: String?

    @Option(
        help: ArgumentHelp(
            "Column of a table (.csv, .tsv) that holds the prompts (default: the one that is "
                + "called so).",
            valueName: "name"))
    var column: String?

    @Option(
        help: ArgumentHelp(
            "Seed of everything that is random (default: the scenario's, else 0).",
            valueName: "number"))
    var seed: String?

    @Option(
        help: ArgumentHelp(
            "Classic bounds, such as ttft:500 tpot:50; a bare number is ms.", valueName: "bound"))
    var goodput: [String] = []

    @Option(
        help: "Reader of all classes: default, robust, paper-v1, paper-v2, answer or agent.",
        completion: .list(Preset.allCases.map(\.rawValue)))
    var preset: String?

    @Option(
        help: ArgumentHelp(
            "Share of requests that may fail in a valid run (default: the scenario's, else 5%).",
            valueName: "share"))
    var maxFailed: String?

    @Flag(help: "A run whose load was in no steady state is not valid.")
    var requireSteady = false

    @Flag(
        help: ArgumentHelp(
            "Do not ask the servers before the start what they accept: requests then carry "
                + "OpenAI's own parameters alone."))
    var noProbe = false

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Ask for answers of exactly the planned length (`ignore_eos`, `min_tokens`; default: "
                + "where the server takes it). Some models break beyond their own end: leave it "
                + "out then."
        ))
    var ignoreEos: Bool?

    @Option(
        help: ArgumentHelp(
            "Members of every request's body, such as '{\"temperature\": 0}'; repeatable.",
            valueName: "json"))
    var extraBody: [String] = []

    @Option(
        help: ArgumentHelp(
            "How often each agent asks its servers for their metrics (/metrics) while the load "
                + "runs: off, or a rate from 1/min to 10/s (default: the scenario's, else 1/s).",
            valueName: "off|rate"))
    var scrape: String?

    @Option(
        help: ArgumentHelp(
            "How long to wait for servers that are still loading a model, such as \"10 min\" "
                + "(default: not at all).", valueName: "time"))
    var readyTimeout: String?

    @Option(
        help: ArgumentHelp(
            "Connections that an agent's requests go out on: kept (a free one, else a new one), "
                + "fresh (a new one a request), or most to each server (default: the scenario's, "
                + "else kept).",
            valueName: "kept|fresh|count"))
    var connections: String?

    @Option(
        help: ArgumentHelp(
            "A file whose `engine:` section describes the embedded engines instead of the "
                + "scenario's, such as legato calibrate writes.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var engine: String?

    mutating func validate() throws {
        if engine != nil, !urls.isEmpty {
            throw ValidationError(
                "--engine describes embedded engines, and --url names servers instead: drop one")
        }
    }

    /// Whether the options alone say what load is meant.
    var describesLoad: Bool {
        [requestRate, maxConcurrency, numPrompts, duration, prompts].contains { $0 != nil }
    }

    var overrides: ScenarioOverrides {
        var overrides = ScenarioOverrides()
        overrides.requestRate = requestRate
        overrides.burstiness = burstiness
        overrides.spacing = spacing
        overrides.maxConcurrency = maxConcurrency
        overrides.numPrompts = numPrompts
        overrides.duration = duration
        overrides.warmup = warmup
        overrides.inputLen = inputLen
        overrides.outputLen = outputLen
        // A path of the command line is the current folder's, one of the file is the file's.
        overrides.prompts = prompts.map { path in
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        }
        overrides.column = column
        overrides.model = model
        overrides.endpoint = endpoint
        overrides.seed = seed
        overrides.goodput = goodput
        overrides.preset = preset
        overrides.maxFailed = maxFailed
        if requireSteady { overrides.requireSteady = true }
        overrides.urls = urls
        if noProbe { overrides.probe = false }
        overrides.ignoreEOS = ignoreEos
        overrides.readyTimeout = readyTimeout
        overrides.extraBodies = extraBody
        overrides.connections = connections
        overrides.scrape = scrape
        overrides.typedNames = Invocation.ofProcess.typedNames
        return overrides
    }

    /// The scenario, or the process's end with what is wrong: 64 where that is an option, 65 where
    /// it is a file.
    ///
    /// - Parameters:
    ///   - seed: Goes before the scenario's and the option's; nil for these.
    ///   - change: Changes what the options say.
    func resolve(
        seed: UInt64? = nil, _ change: (inout ScenarioOverrides) -> Void = { _ in }
    ) -> ResolvedScenario {
        var overrides = overrides
        if let seed { overrides.seed = "\(seed)" }
        change(&overrides)
        do throws(ScenarioError) {
            if let engine { overrides.engine = try ScenarioFile.engine(path: engine) }
            let resolved: ResolvedScenario
            if let scenario {
                resolved = try ScenarioFile.load(path: scenario, overrides: overrides)
            } else {
                resolved = try ScenarioFile.make(overrides: overrides)
            }
            try checkURLs(overrides)
            return resolved
        } catch {
            Exit.now(Exit.code(of: error), "\(error)")
        }
    }

    /// Checks the URLs as targets, which the scenario's reader does not.
    private func checkURLs(_ overrides: ScenarioOverrides) throws(ScenarioError) {
        for (index, url) in urls.enumerated() {
            do throws(TargetError) {
                _ = try Target(parsing: url)
            } catch {
                let origin = overrides.origin("--url", index)
                throw ScenarioError(
                    file: "", diagnostics: [Diagnostic(origin: origin, message: "\(error)")])
            }
        }
    }
}
