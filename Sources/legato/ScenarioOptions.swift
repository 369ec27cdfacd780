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
            "Base URL of a server: http://HOST:PORT, https://HOST:PORT or unix:/PATH, with /PREFIX "
                + "where it has one; repeatable. Without any, each local agent embeds an engine."))
    var urls: [String] = []

    @Option(name: [.long, .customShort("m")], help: "Model name to ask for.")
    var model: String?

    @Option(help: ArgumentHelp("API to call: chat or completions.", valueName: "chat|completions"))
    var endpoint: String?

    @Option(help: ArgumentHelp("Requests per second over all agents, or inf.", valueName: "rate"))
    var requestRate: String?

    @Option(help: "Shape of the gamma arrivals: 1 is Poisson, below 1 burstier.")
    var burstiness: Double?

    @Option(help: "At most this many sessions at once over all agents (a closed loop).")
    var maxConcurrency: Int?

    @Option(help: "Number of requests.")
    var numPrompts: Int?

    @Option(
        name: [.long, .customLong("benchmark-duration")],
        help: ArgumentHelp("Length of the load, such as \"2 min\"; a bare number is seconds."))
    var duration: String?

    @Option(help: "Input tokens of every request.")
    var inputLen: Int?

    @Option(help: "Output tokens of every request.")
    var outputLen: Int?

    @Option(
        name: [.long, .customLong("dataset-path")],
        help: ArgumentHelp(
            "File of prompts to send: ShareGPT, OpenAI batch, aiperf or Mooncake text_input.",
            valueName: "file"))
    var prompts: String?

    @Option(help: "Seed of everything that is random.")
    var seed: UInt64?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Classic bounds in ms, such as ttft:500 tpot:50.", valueName: "bound"))
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

    var overrides: ScenarioOverrides {
        var overrides = ScenarioOverrides()
        overrides.requestRate = requestRate
        overrides.burstiness = burstiness
        overrides.maxConcurrency = maxConcurrency
        overrides.numPrompts = numPrompts
        overrides.duration = duration
        overrides.inputLen = inputLen
        overrides.outputLen = outputLen
        // A path of the command line is the current folder's, one of the file is the file's.
        overrides.prompts = prompts.map { path in
            path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        }
        overrides.model = model
        overrides.endpoint = endpoint
        overrides.seed = seed
        overrides.goodput = goodput.isEmpty ? nil : goodput.joined(separator: " ")
        overrides.preset = preset
        overrides.maxFailed = maxFailed
        overrides.urls = urls
        if noProbe { overrides.probe = false }
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
