import ArgumentParser
import EventLoop
import Foundation

/// Ctrl-C and its like, of a process that leads a run or asks servers: caught from the process's
/// first instant on.
enum RunInterrupts {
    /// Made by the first look at it, which is ``beginIfNeeded()``'s.
    static let all = Interrupts.begin { _ in leave("interrupted before the run started") }

    /// Begins to catch them where the process was started to lead a run, or to ask servers.
    static func beginIfNeeded() {
        switch CommandLine.arguments.dropFirst().first {
        case RunCommand.configuration.commandName, SweepCommand.configuration.commandName:
            _ = all
        case CheckCommand.configuration.commandName:
            _ = Interrupts.begin { _ in
                leave("interrupted before the check was over; nothing is left to clean up")
            }
        default: break
        }
    }

    /// Ends the process at once, whatever its other threads are at.
    static func leave(_ sentence: String) {
        Console.note(sentence)
        _exit(Exit.interrupted)
    }
}
