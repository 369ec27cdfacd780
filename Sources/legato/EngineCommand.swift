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

    @Option(
        help: "Tokens an event waits for, but for the first and at the end; 1 holds none.")
    var streamInterval = 1

    @Option(
        help: ArgumentHelp(
            "Time between a token and the next one, at least, such as 95ms.", valueName: "time"))
    var outputDelay: String?

    @Option(
        help: ArgumentHelp(
            "Time from when the first token is ready to when tokens leave, such as 0.5.",
            valueName: "time"))
    var holdFirst: String?

    @Option(help: "Write the engine's own send times to this file.")
    var truth: String?

    @Option(help: "Seed of everything that is random in the engine.")
    var seed: UInt64?

    func run() throws {
        let holding = try holding()
        do {
            var configuration = EngineServer.Configuration(options: try options())
            configuration.host = host
            configuration.port = port
            configuration.truthPath = truth
            configuration.holding = holding
            let description = configuration.description
            let host = host
            let summary = try runEngine(configuration) { port in
                let line = "legato engine: \(description), listening on http://\(host):\(port)\n"
                FileHandle.standardOutput.write(Data(line.utf8))
            }
            FileHandle.standardError.write(Data("legato engine: \(summary)\n".utf8))
        } catch let error as EngineOptionsError {
            Exit.now(Exit.usage, "\(error)")
        } catch {
            Exit.now(Exit.failed, "\(error)")
        }
    }

    private func holding() throws -> TokenHolding {
        var holding = TokenHolding()
        guard streamInterval >= 1 else {
            throw ValidationError(
                "--stream-interval: \(streamInterval) is below 1, which holds none")
        }
        holding.streamInterval = streamInterval
        if let outputDelay {
            holding.outputDelayNs = try Quantities.span(outputDelay, "--output-delay").ns
        }
        if let holdFirst { holding.firstNs = try Quantities.span(holdFirst, "--hold-first").ns }
        return holding
    }

    private func options() throws(EngineOptionsError) -> EngineOptions {
        var settings = EngineSettings()
        settings.gpu = gpu
        settings.model = model
        settings.scheduler = scheduler
        settings.hostProfile = hostProfile
        settings.chunkBudget = chunkBudget
        settings.maxSequences = maxSequences
        settings.maxModelLen = maxModelLen
        settings.seed = seed
        return try settings.options()
    }
}

/// The names that the engine's options take, for the help.
private enum EngineNames {
    static let gpus = list(GPU.self)
    static let models = list(ServedModel.self)
    static let schedulers = list(SchedulerKind.self)
    static let hosts = list(HostProfile.self)

    private static func list<Choice: CaseIterable & RawRepresentable<String>>(
        _ choice: Choice.Type
    ) -> String {
        choice.allCases.map(\.rawValue).joined(separator: ", ")
    }
}
