import ArgumentParser
import Glibc
import OtherTools

@main
struct Program {
    static func main() {
        // A parent may hand its own blocked signals down (threads of Dispatch block nearly all): the
        // end of a child, Ctrl-C and SIGTERM must reach this process whoever started it.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        RunInterrupts.beginIfNeeded()
        let arguments = understood(Array(CommandLine.arguments.dropFirst()))
        do {
            var command = try parsed(arguments)
            try command.run()
        } catch {
            Legato.exit(withError: error)
        }
    }

    /// `arguments` with other tools' options in the command's own words.
    private static func understood(_ arguments: [String]) -> [String] {
        guard let command = arguments.first, ArgumentTranslation.concerns(arguments),
            let own = OwnOptions(of: command)
        else { return arguments }
        return [command] + own.words(for: Array(arguments.dropFirst()))
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
            Smooth goodput (arXiv 2410.14257) is how many tokens a second really reached readers who \
            read at a steady speed, less a penalty for the time they sat waiting.

            Exit codes: 0 done and valid; 1 the work failed; 2 done, with results that are partial or \
            not valid; 64 bad usage; 65 bad input; 69 a server or peer is unavailable; 75 interrupted.
            """,
        version: Release.version,
        subcommands: [
            RunCommand.self, AgentCommand.self, CheckCommand.self, ScoreCommand.self,
            EngineCommand.self, ClockCommand.self, TokenCommand.self, BenchCommand.self,
        ])
}
