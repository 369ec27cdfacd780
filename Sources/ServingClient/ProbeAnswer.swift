import HTTPStream
import JSON

/// Whether a target answers.
package struct ProbeAnswer: Hashable, Sendable {
    package var target: Target
    package var isAnswering: Bool
    /// The models that it lists; empty where it lists none.
    package var models: [String]
    /// One sentence for people.
    package var sentence: String

    init(target: Target, models: [String]) {
        self.target = target
        self.models = models
        isAnswering = true
        sentence =
            models.isEmpty
            ? "\(target) answers" : "\(target) serves \(models.prefix(4).joined(separator: ", "))"
    }

    init(target: Target, failure: String) {
        self.target = target
        models = []
        isAnswering = false
        sentence = "\(target) does not answer as a server should: \(failure)"
    }

    /// `data[].id` of a list of models; empty where the document is none.
    static func modelNames(_ document: [UInt8]) -> [String] {
        // A document of another shape lists no models; the target answers all the same.
        guard let list = try? JSONValue(parsing: document) else { return [] }
        return (list["data"]?.array ?? []).compactMap { $0["id"]?.string }
    }
}
