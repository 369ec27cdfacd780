import ArgumentParser
import Foundation
import Scenario

/// The options that change a scenario; `legato run` and `legato check` share them.
struct ScenarioOptions: ParsableArguments {
    @Argument(help: "The scenario, a YAML file; without one the options alone describe the run.")
    var scenario: String?

    @Option(
        name: [.customLong("url"), .customShort("u")],
        help: ArgumentHelp(
            "A server: http://HOST:PORT, https://HOST:PORT, HOST:PORT or unix:/PATH, with /PREFIX where "
                + "it has one, or the whole URL that requests are posted to (.../chat/completions, or "
                + "with a query); repeatable. Without any, each local agent embeds an engine."))
    var urls: [String] = []

    @Option(name: [.long, .customShort("m")], help: "Model name to ask for.")
    var model: String?

    @Option(
        help: ArgumentHelp(
            "API to call: chat or completions, or its path.", valueName: "chat|completions"))
    var endpoint: String?

    @Option(
        help: ArgumentHelp(
            "Requests per second over all agents, such as 4, 240/min, a ramp 4..12, or inf.",
            valueName: "rate"))
    var requestRate: String?

    @Option(help: "Shape of the gamma arrivals: 1 is Poisson, below 1 burstier.")
    var burstiness: Double?

    @Option(help: ArgumentHelp("Gaps between arrivals: random or even.", valueName: "random|even"))
    var spacing: String?

    @Option(
        help: ArgumentHelp(
            "So many sessions at once over all agents (a closed loop); with --request-rate, most "
                + "requests in flight (an open loop whose sends wait for a place)."))
    var maxConcurrency: Int?

    @Option(help: "Number of requests.")
    var numPrompts: Int?

    @Option(
        help: ArgumentHelp(
            "Length of the load, such as \"2 min\"; a bare number is seconds.",
            valueName: "time"))
    var duration: String?

    @Option(help: "Load before it that counts nowhere, such as \"30 requests\" or \"10 s\".")
    var warmup: String?

    @Option(
        help: ArgumentHelp(
            "Input tokens of a request: a number, a range 100..400 or a law.", valueName: "tokens"))
    var inputLen: String?

    @Option(
        help: ArgumentHelp(
            "Output tokens of a request: a number, a range 100..400 or a law.", valueName: "tokens")
    )
    var outputLen: String?

    @Option(
        help: ArgumentHelp(
            "File of prompts to send: prompts or messages a line or in a list, plain text, CSV, ShareGPT, "
                + "OpenAI batch, aiperf or Mooncake text_input.",
            valueName: "file"))
    var prompts: String?

    @Option(help: "Seed of everything that is random.")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Classic bounds, such as ttft:500 tpot:50; a bare number is ms.", valueName: "bound"))
    var goodput: [String] = []

    @Option(help: "Reader of all classes: default, robust, paper-v1 or paper-v2.")
    var preset: String?

    @Option(
        help: ArgumentHelp(
            "Share of requests that may fail in a valid run (default: the scenario's, else 5%).",
            valueName: "share"))
    var maxFailed: String?

    @Flag(
        help: ArgumentHelp(
            "Do not ask the servers before the start what they accept: requests then carry OpenAI's own "
                + "parameters alone."))
    var noProbe = false

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Ask for answers of exactly the planned length (`ignore_eos`, `min_tokens`; default: where "
                + "the server takes it). Some models break beyond their own end: leave it out then."
        ))
    var ignoreEos: Bool?

    @Option(
        help: ArgumentHelp(
            "Members of every request's body, such as '{\"temperature\": 0}'; repeatable.",
            valueName: "json"))
    var extraBody: [String] = []

    @Option(
        help: ArgumentHelp(
            "How long to wait for servers that are still loading a model, such as \"10 min\" (default: "
                + "not at all).", valueName: "time"))
    var readyTimeout: String?

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
        overrides.model = model
        overrides.endpoint = endpoint
        overrides.seed = seed
        overrides.goodput = goodput
        overrides.preset = preset
        overrides.maxFailed = maxFailed
        overrides.urls = urls
        if noProbe { overrides.probe = false }
        overrides.ignoreEOS = ignoreEos
        overrides.readyTimeout = readyTimeout
        overrides.extraBodies = extraBody
        return overrides
    }

    /// The scenario, or the process's end with exit code 65 and what is wrong.
    func resolve() -> ResolvedScenario {
        do throws(ScenarioError) {
            if let scenario { return try ScenarioFile.load(path: scenario, overrides: overrides) }
            return try ScenarioFile.make(overrides: overrides)
        } catch {
            Exit.now(Exit.badData, "\(error)")
        }
    }
}
