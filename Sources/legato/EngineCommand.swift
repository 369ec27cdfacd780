import ArgumentParser
import EngineModel
import EngineServer
import EventLoop
import Foundation
import Scenario
import TimeBase

struct EngineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract:
            "Serve the embedded engine: a simulated inference server with an OpenAI-style API.",
        discussion: """
            It batches per iteration as vLLM does, with step times fitted to measured kernels. \
            What it produces is simulated, and says so.
            """)

    @Option(help: "Port to listen on; 0 picks a free one.")
    var port: UInt16 = 8000

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "GPU: \(EngineNames.gpus).")
    var gpu: String?

    @Option(help: "Model: \(EngineNames.models).")
    var model: String?

    @Option(help: "Scheduler: \(EngineNames.schedulers).")
    var scheduler: String?

    @Option(help: "Tokens of a step of the chunked scheduler.")
    var chunkBudget: Int?

    @Option(help: "Host overhead: \(EngineNames.hosts).")
    var hostProfile: String?

    @Option(help: "Sequences that may run at once.")
    var maxSequences: Int?

    @Option(help: "Prompt and output of one request together, in tokens.")
    var maxModelLen: Int?

    @Option(help: "Engines behind the one address.")
    var engines: Int?

    @Option(help: "Order in which those that wait are admitted: \(EngineNames.orders).")
    var order: String?

    @Option(help: "How a request finds its engine: \(EngineNames.routings).")
    var routing: String?

    @Option(help: "Engines for prompts alone, where disaggregated.")
    var prefillEngines: Int?

    @Option(help: "What becomes of a sequence when memory is short: \(EngineNames.preemptions).")
    var preemption: String?

    @Option(help: "Key/value capacity of an engine, in tokens.")
    var kvTokens: Int?

    @Flag(help: "Keep the keys and values of equal prefixes.")
    var prefixCache = false

    @Option(help: "Tokens proposed and checked in a step (speculative decoding).")
    var proposedTokens: Int?

    @Option(help: "Chance that a proposed token is right, 0 to 1.")
    var acceptance: Double?

    @Option(
        help: ArgumentHelp(
            "Give up answers that are late for readers of this speed, in tokens a second.",
            valueName: "speed"))
    var abandon: Double?

    @Option(
        help: ArgumentHelp(
            "When those readers want the first token, such as 500ms; 1 s unless given.",
            valueName: "time"))
    var abandonBudget: String?

    @Option(
        help: "Tokens an event waits for, but for the first and at the end; 1 holds none.")
    var streamInterval: Int?

    @Option(
        help: ArgumentHelp(
            "Time between a token and the next one, at least, such as 95ms.", valueName: "time"))
    var outputDelay: String?

    @Option(
        help: ArgumentHelp(
            "Time from when the first token is ready to when tokens leave, such as 0.5.",
            valueName: "time"))
    var holdFirst: String?

    @Option(
        help: ArgumentHelp(
            "Part of each chat's output that is thought before it answers, 0 to below 1.",
            valueName: "share"))
    var thoughts: Double?

    @Flag(help: "Thoughts are silence, and counted in the usage alone.")
    var hiddenThoughts = false

    @Option(help: "Write the engine's own send times to this file.", completion: .file())
    var truth: String?

    @Option(help: "Seed of everything that is random in the engine.")
    var seed: UInt64?

    func validate() throws {
        let scheduler = scheduler?.lowercased()
        let needs: [(option: String, isGiven: Bool, other: String, isThere: Bool)] = [
            (
                "--acceptance", acceptance != nil, "--proposed-tokens",
                (proposedTokens ?? 0) > 0
            ),
            ("--hidden-thoughts", hiddenThoughts, "--thoughts", thoughts != nil),
            ("--abandon-budget", abandonBudget != nil, "--abandon", abandon != nil),
            (
                "--prefill-engines", prefillEngines != nil, "--scheduler disaggregated",
                scheduler == "disaggregated"
            ),
            (
                "--chunk-budget", chunkBudget != nil, "--scheduler chunked or disaggregated",
                scheduler == nil || scheduler == "chunked" || scheduler == "disaggregated"
            ),
        ]
        for need in needs where need.isGiven && !need.isThere {
            throw ValidationError(
                "\(need.option) changes nothing without \(need.other); add that, or drop it")
        }
    }

    func run() throws {
        let abandonNs = try abandonBudget.map { try Quantities.span($0, "--abandon-budget").ns }
        let delayNs = try outputDelay.map { try Quantities.span($0, "--output-delay").ns }
        let firstNs = try holdFirst.map { try Quantities.span($0, "--hold-first").ns }
        do {
            var configuration = EngineServer.Configuration(
                options: try options(abandonNs: abandonNs, delayNs: delayNs, firstNs: firstNs))
            configuration.host = host
            configuration.port = port
            configuration.truthPath = truth
            let description = configuration.options.description
            let host = host
            let summary = try runEngine(configuration) { port in
                let line = "legato engine: \(description), listening on http://\(host):\(port)\n"
                FileHandle.standardOutput.write(Data(line.utf8))
            }
            FileHandle.standardError.write(Data("legato engine: \(summary)\n".utf8))
        } catch let error as EngineOptionsError {
            Exit.now(Exit.usage, error.sentence(.options))
        } catch {
            Exit.now(Exit.failed, "\(error)")
        }
    }

    private func options(
        abandonNs: Int64?, delayNs: Int64?, firstNs: Int64?
    ) throws(EngineOptionsError) -> EngineOptions {
        var settings = EngineSettings()
        settings.gpu = gpu
        settings.model = model
        settings.scheduler = scheduler
        settings.hostProfile = hostProfile
        settings.chunkBudget = chunkBudget
        settings.maxSequences = maxSequences
        settings.maxModelLen = maxModelLen
        settings.keyValueTokens = kvTokens
        settings.engines = engines
        settings.order = order
        settings.routing = routing
        settings.prefillEngines = prefillEngines
        settings.preemption = preemption
        settings.prefixCache = prefixCache
        settings.setSpeculation(proposed: proposedTokens, acceptance: acceptance)
        settings.setAbandoning(speed: abandon, budgetNs: abandonNs)
        settings.streamInterval = streamInterval
        settings.outputDelayNs = delayNs
        settings.holdFirstNs = firstNs
        settings.setThoughts(share: thoughts, areHidden: hiddenThoughts)
        settings.seed = seed
        return try settings.options()
    }
}

/// The names that the engine's options take, for the help.
enum EngineNames {
    static let gpus = list(GPU.self)
    static let models = list(ServedModel.self)
    static let schedulers = list(SchedulerKind.self)
    static let orders = list(PromptOrder.self)
    static let routings = list(Routing.self)
    static let preemptions = list(PreemptionKind.self)
    static let hosts = list(HostProfile.self)

    private static func list<Choice: CaseIterable & RawRepresentable<String>>(
        _ choice: Choice.Type
    ) -> String {
        choice.allCases.map(\.rawValue).joined(separator: ", ")
    }
}
