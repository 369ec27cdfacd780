package import ForeignResults
package import Goodput
package import JSON
package import Sampling

/// A file of parameters and requests: a worked example of the metrics page, or a run out of another
/// tool's file.
package struct MetricVector: Hashable, Sendable {
    package var parameters: ScoringParameters
    package private(set) var requests: [RequestTimes]
    /// The load that they were to be.
    package var load: ArrivalLoad
    /// The length of each one's prompt; nil where it is not known.
    package private(set) var promptTokens: [UInt32?]
    /// The other tool's file that they are out of; nil where they are of none.
    package private(set) var source: ForeignSource?

    package init(
        parameters: ScoringParameters, requests: [RequestTimes], load: ArrivalLoad = .open
    ) {
        self.parameters = parameters
        self.requests = requests
        self.load = load
        promptTokens = requests.map { _ in nil }
    }

    /// A run out of another tool's file, for the default reader.
    package init(_ run: ForeignRun) {
        parameters = .default
        requests = run.requests
        load = run.load
        promptTokens = run.promptTokens
        source = run.source
    }

    /// Whether a JSON value looks like one, for telling files apart.
    package static func isRecognised(_ json: JSONValue) -> Bool {
        json["parameters"] != nil && json["requests"] != nil
    }

    /// Reads the bytes of `path`. `expected`, if there, is left alone.
    ///
    /// - Throws: ``FileProblem`` with the line of a syntax error, or the request at fault.
    package init(parsing bytes: [UInt8], path: String) throws(FileProblem) {
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw FileProblem(.content, path, "is not JSON: \(error)")
        }
        try self.init(json: json, path: path)
    }

    /// Reads a value that has been parsed already.
    package init(json: JSONValue, path: String) throws(FileProblem) {
        do throws(JSONFieldError) {
            parameters = try ScoringParameters(json: json["parameters"] ?? .object([:]))
        } catch {
            throw FileProblem(.content, path, "`parameters` \(error.problem)")
        }
        do throws(JSONFieldError) {
            load = try ArrivalLoad(json: json)
        } catch {
            throw FileProblem(.content, path, error.problem)
        }
        guard let entries = json["requests"]?.array else {
            throw FileProblem(
                .content, path,
                "lacks `requests`, an array, and is no result that is known of "
                    + ForeignTool.allCases.map(\.rawValue).joined(separator: ", "))
        }
        requests = []
        promptTokens = []
        requests.reserveCapacity(entries.count)
        var ids: Set<Int> = []
        for (index, entry) in entries.enumerated() {
            do throws(JSONFieldError) {
                requests.append(try RequestTimes(json: entry))
                promptTokens.append(try entry.optionalInteger("prompt_tokens"))
                try requests[index].checkSent()
                guard ids.insert(requests[index].id).inserted else {
                    throw JSONFieldError(
                        problem: "stands there twice: give each request an `id` of its own")
                }
            } catch {
                let name = entry["id"]?.int64.map { "request \($0)" } ?? "`requests` entry \(index)"
                throw FileProblem(.content, path, "\(name) \(error.problem)")
            }
        }
    }
}

extension ArrivalLoad {
    /// Reads `loop` and `concurrency`; without them arrivals waited for nothing.
    init(json: JSONValue) throws(JSONFieldError) {
        let isClosed = try json.optionalField("loop", "open or closed") {
            ["open": false, "closed": true][$0.string ?? ""]
        }
        guard isClosed == true else {
            self = .open
            return
        }
        let users: Int = try json.integer("concurrency")
        guard users > 0 else { throw JSONFieldError(problem: "has a `concurrency` below 1") }
        self = .closed(users: users)
    }
}

extension RequestTimes {
    /// Refuses a request that was sent after its answer began.
    fileprivate func checkSent() throws(JSONFieldError) {
        guard let sent, let first = tokens.first?.time, sent > first else { return }
        throw JSONFieldError(
            problem: "was `sent` at \(sent) ns, after its first token at \(first) ns")
    }

    init(json: JSONValue) throws(JSONFieldError) {
        self.init(
            id: try json.integer("id"), scheduled: try json.integer("scheduled"),
            tokens: try TokenEvent.list(in: json), finish: try json.integer("finish"),
            outcome: try json.field(
                "outcome", "one of completed, failed, abandoned, unfinished"
            ) { $0.string.flatMap(RequestOutcome.init(rawValue:)) },
            sent: try json.optionalInteger("sent"),
            thoughts: try json.optionalInteger("thought_tokens") ?? 0)
    }
}
