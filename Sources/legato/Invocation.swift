import OtherTools
import PlainText

/// The process's arguments in the commands' own words.
struct Invocation {
    let arguments: [String]
    /// Names that were typed for the command's options, where some are another tool's: for each
    /// option in the order of its values.
    let typedNames: [String: [String]]

    static let ofProcess = Invocation(Array(CommandLine.arguments.dropFirst()))

    /// The command as it was typed, for the run that it leads: without secrets, and without the
    /// program's own path.
    static let kept =
        ["legato"] + CommandWords.withoutSecrets(Array(CommandLine.arguments.dropFirst()))

    /// Ends the process with 64 where an option has no twin here.
    private init(_ typed: [String]) {
        guard let command = typed.first, let own = OwnOptions(of: command) else {
            (arguments, typedNames) = (typed, [:])
            return
        }
        let rest = Array(typed.dropFirst())
        guard ArgumentTranslation.concerns(rest) else {
            (arguments, typedNames) = ([command] + own.joined(rest), [:])
            return
        }
        let (words, names) = own.words(for: rest)
        (arguments, typedNames) = ([command] + own.joined(words), names)
    }
}
