import ArgumentParser
import CMalloc
import Glibc
import PlainText

@main
struct Program {
    static func main() {
        // Blocks from this size on go back to the kernel when they are freed. By default the size
        // grows with what is freed, up to 32 MiB, and the holes between such blocks stay resident.
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        // A parent may hand its own blocked signals down (threads of Dispatch block nearly all):
        // the end of a child, Ctrl-C and SIGTERM must reach this process whoever started it.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        RunInterrupts.beginIfNeeded()
        do {
            var command = try parsed(Invocation.ofProcess.arguments)
            try command.run()
        } catch {
            end(with: error)
        }
    }

    /// Ends the process as the parser would, but for what it repeats of the arguments: nothing in
    /// that steers a terminal. A wrong option is one sentence, whoever found it.
    private static func end(with error: any Error) -> Never {
        let code = Legato.exitCode(for: error)
        guard !code.isSuccess else { Legato.exit(withError: error) }
        if code == .validationFailure {
            let parts = Legato.message(for: error).split(whereSeparator: \.isNewline)
            Exit.now(Exit.usage, parts.joined(separator: " "))
        }
        let message = Legato.fullMessage(for: error)
        if !message.isEmpty { Output.write(message.harmlessLines + "\n", to: STDERR_FILENO) }
        exit(code.rawValue)
    }

    /// The command of `arguments`. The parser proposes any option that is near in letters; here one
    /// of another meaning is worse than none, so that unknown options are told by ``OwnOptions``.
    private static func parsed(_ arguments: [String]) throws -> any ParsableCommand {
        do {
            return try Legato.parseAsRoot(arguments)
        } catch  where Legato.exitCode(for: error) == .validationFailure {
            guard let command = arguments.first, let own = OwnOptions(of: command),
                let sentence = own.unknownOption(in: arguments)
            else { throw error }
            Exit.now(Exit.usage, sentence)
        }
    }
}

struct Legato: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "legato",
        abstract: "A distributed benchmark for LLM serving that measures smooth goodput.",
        discussion: """
            Smooth goodput (arXiv 2410.14257) is how many tokens a second really reached readers \
            who read at a steady speed, less a penalty for the time they sat waiting.

            Exit codes: 0 done and valid; 1 the work failed; 2 done, with results that are partial \
            or not valid; 64 bad usage; 65 bad input; 69 a server or peer is unavailable; 75 \
            interrupted.
            """,
        version: Release.version,
        subcommands: [
            RunCommand.self, SweepCommand.self, CalibrateCommand.self, AgentCommand.self,
            CheckCommand.self, ScoreCommand.self, CompareCommand.self, ReportCommand.self,
            ExportCommand.self, SQLiteCommand.self, RunsCommand.self, ExplainCommand.self,
            EngineCommand.self, ClockCommand.self, TokenCommand.self, BenchCommand.self,
        ])
}
