/// One thing that is wrong with a scenario.
package struct Diagnostic: Hashable, Sendable {
    /// The thing that is to be mended.
    package enum Subject: Hashable, Sendable {
        /// The words that stand at the origin.
        case words
        /// The file that these name.
        case namedFile
    }

    package var origin: Origin
    package var subject: Subject
    /// One sentence: what is wrong and what to do. Where an option is the origin, its name is the
    /// subject.
    package var message: String

    package init(origin: Origin, subject: Subject = .words, message: String) {
        self.origin = origin
        self.subject = subject
        self.message = message
    }

    /// Whether the command line is what is wrong, and no file.
    fileprivate var isOfCommandLine: Bool {
        guard subject == .words else { return false }
        switch origin {
        case .option, .standard: return true
        case .file: return false
        }
    }
}

/// All that is wrong with a scenario, at most ``ScenarioError/limit`` things, in file order.
package struct ScenarioError: Error, Hashable, Sendable {
    package static let limit = 20

    package var file: String
    package var diagnostics: [Diagnostic]

    package init(file: String, diagnostics: [Diagnostic]) {
        self.file = file
        self.diagnostics = diagnostics
    }

    /// Whether the command line is wrong, whatever else is.
    package var isOfCommandLine: Bool { diagnostics.contains(where: \.isOfCommandLine) }
}

extension ScenarioError: CustomStringConvertible {
    /// A line a diagnostic: `file:line:column: sentence`, or `--option: sentence`.
    package var description: String {
        diagnostics.map { each in
            switch each.origin {
            case .file(let line, let column): "\(file):\(line):\(column): \(each.message)"
            case .option(let name): "\(name): \(each.message)"
            case .standard: each.message
            }
        }.joined(separator: "\n")
    }
}

/// Collects diagnostics while a scenario is read; confined to one reading.
///
/// Each section has one of its own below the whole's, so that what a section lacks because a field
/// of it is wrong is not reported as missing, too.
final class DiagnosticCollector {
    private(set) var diagnostics: [Diagnostic] = []
    private let whole: DiagnosticCollector?

    init(below whole: DiagnosticCollector? = nil) { self.whole = whole }

    /// Whether nothing was reported here or below.
    var isEmpty: Bool { diagnostics.isEmpty }

    /// Fields of the section whose value does not fit.
    private(set) var wrongFields: Set<String> = []

    func report(
        _ origin: Origin, _ message: String, field: String? = nil,
        subject: Diagnostic.Subject = .words
    ) {
        diagnostics.append(Diagnostic(origin: origin, subject: subject, message: message))
        if let field { wrongFields.insert(field) }
        whole?.report(origin, message, subject: subject)
    }

    /// Throws when anything was reported: options first, then by line and column.
    func throwIfAny(file: String) throws(ScenarioError) {
        guard !diagnostics.isEmpty else { return }
        func rank(_ origin: Origin) -> (Int, Int) {
            switch origin {
            case .file(let line, let column): (line, column)
            case .option, .standard: (0, 0)
            }
        }
        let order = diagnostics.indices.sorted {
            let (a, b) = (rank(diagnostics[$0].origin), rank(diagnostics[$1].origin))
            return (a.0, a.1, $0) < (b.0, b.1, $1)
        }
        var seen: Set<Diagnostic> = []
        let unique = order.map { diagnostics[$0] }.filter { seen.insert($0).inserted }
        throw ScenarioError(file: file, diagnostics: Array(unique.prefix(ScenarioError.limit)))
    }
}
