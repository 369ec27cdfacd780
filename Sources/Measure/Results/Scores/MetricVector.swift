package import Goodput
package import JSON

/// A file of parameters and requests: a worked example of the metrics page.
package struct MetricVector: Hashable, Sendable {
    package var parameters: ScoringParameters
    package var requests: [RequestTimes]

    package init(parameters: ScoringParameters, requests: [RequestTimes]) {
        self.parameters = parameters
        self.requests = requests
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
        guard let entries = json["requests"]?.array else {
            throw FileProblem(.content, path, "lacks `requests`, an array")
        }
        requests = []
        requests.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated() {
            do throws(JSONFieldError) {
                requests.append(try RequestTimes(json: entry))
            } catch {
                let name = entry["id"]?.int64.map { "request \($0)" } ?? "`requests` entry \(index)"
                throw FileProblem(.content, path, "\(name) \(error.problem)")
            }
        }
    }
}

extension RequestTimes {
    init(json: JSONValue) throws(JSONFieldError) {
        self.init(
            id: try json.integer("id"), scheduled: try json.integer("scheduled"),
            tokens: try TokenEvent.list(in: json), finish: try json.integer("finish"),
            outcome: try json.field(
                "outcome", "one of completed, failed, abandoned, unfinished"
            ) { $0.string.flatMap(RequestOutcome.init(rawValue:)) },
            sent: try json.optionalInteger("sent"))
    }
}
