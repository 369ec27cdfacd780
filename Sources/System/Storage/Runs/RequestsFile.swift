import JSON
import Results

/// `requests.jsonl` being written: a line a request, in the order in which they are handed over.
///
/// The first pass over the requests that has their tokens writes them down on its way, or beside it
/// where the source can be shared.
final class RequestsFile<Source: MeasuredRequests>: MeasuredRequests {
    private let source: Source
    private let runID: String
    private let tokens: TokensInRequests
    private var file: NewFile
    private var line = JSONWriter()
    private var record = RequestsFileRecord()
    /// Delivered tokens, by the agents' own counts.
    private var outputTokens: UInt64 = 0
    private var state = State.unknown

    private enum State {
        /// How many tokens there are has to be found out.
        case unknown
        case surveyed
        case written
    }

    init(
        _ file: consuming NewFile, of source: Source, runID: String, tokens: TokensInRequests
    ) {
        self.file = file
        self.source = source
        self.runID = runID
        self.tokens = tokens
    }

    var path: String { source.path }
    /// The first pass with tokens is the file's own.
    var shared: (any MeasuredRequests & Sendable)? { state == .written ? source.shared : nil }

    func forEach(
        withTokens: Bool, _ body: (MeasuredRequest) throws(FileProblem) -> Void
    ) throws(FileProblem) {
        switch state {
        case .unknown where !withTokens:
            try source.forEach(withTokens: false) { request throws(FileProblem) in
                outputTokens += UInt64(request.outputTokens)
                try body(request)
            }
            state = .surveyed
        case .surveyed where withTokens:
            state = .written
            let writesTokens = tokens.areWritten(outputTokens: outputTokens)
            guard let shared = source.shared else {
                return try source.forEach(withTokens: true) { request throws(FileProblem) in
                    try write(request, writesTokens)
                    try body(request)
                }
            }
            try SideBySide.run { () throws(FileProblem) in
                try shared.forEach(withTokens: true) { request throws(FileProblem) in
                    try write(request, writesTokens)
                }
            } _: { () throws(FileProblem) in
                try shared.forEach(withTokens: true, body)
            }
        default: try source.forEach(withTokens: withTokens, body)
        }
    }

    private func write(_ request: MeasuredRequest, _ withTokens: Bool) throws(FileProblem) {
        line.removeAll()
        request.writeLine(to: &line, run: runID, withTokens: withTokens)
        record.add(request.id, line: line.bytes)
        try file.append(line.bytes[...])
    }

    /// Puts the file in its place.
    func commit() throws(FileProblem) -> RequestsFileRecord {
        try file.commit()
        record.finish()
        return record
    }
}

extension TokensInRequests {
    fileprivate func areWritten(outputTokens: UInt64) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .automatic: outputTokens <= UInt64(RunDirectory.mostTokensInRequests)
        }
    }
}
