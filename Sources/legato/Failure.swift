import ArgumentParser
import Foundation
import PlainText

/// The documented exit codes.
enum Exit {
    static let failed: Int32 = 1
    static let notValid: Int32 = 2
    static let usage: Int32 = 64
    static let badData: Int32 = 65
    static let unavailable: Int32 = 69
    static let interrupted: Int32 = 75

    /// Ends the process with one sentence on standard error.
    static func now(_ code: Int32, _ sentence: String) -> Never {
        FileHandle.standardError.write(Data("legato: \(sentence.harmlessLines)\n".utf8))
        Foundation.exit(code)
    }
}
