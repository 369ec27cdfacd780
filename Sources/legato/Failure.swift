import ArgumentParser
import Foundation
import PlainText
import Results
import Scenario

/// The documented exit codes.
enum Exit {
    static let failed: Int32 = 1
    static let notValid: Int32 = 2
    static let usage: Int32 = 64
    static let badData: Int32 = 65
    static let unavailable: Int32 = 69
    static let interrupted: Int32 = 75

    /// The code that fits a problem with a file.
    static func code(of problem: FileProblem) -> Int32 {
        switch problem.kind {
        case .content: badData
        case .system: failed
        }
    }

    /// The code that fits what is wrong with a scenario: its file, or the options that change it.
    static func code(of error: ScenarioError) -> Int32 {
        error.isOfCommandLine ? usage : badData
    }

    /// Ends the process with one sentence on standard error.
    static func now(_ code: Int32, _ sentence: String) -> Never {
        Output.write("legato: \(sentence.harmlessLines)\n", to: STDERR_FILENO)
        Foundation.exit(code)
    }
}
