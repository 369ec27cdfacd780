import JSON
import TokenLog

extension PriorityAudit {
    /// As `priority` of an agent's audit in `manifest.json` holds it.
    var json: JSONValue {
        [
            "wanted": .string(wanted.name), "got": .string(got.name),
            "refused": refusal.map { .string($0.name) } ?? .null,
            "stepped_back": stepBack.map { .string($0.name) } ?? .null,
        ]
    }

    init(json: JSONValue) throws(JSONFieldError) {
        self.init(
            wanted: try json.field("wanted", Self.priorities, Self.priority),
            got: try json.field("got", Self.priorities, Self.priority))
        refusal = try json.optionalField("refused", "a reason") { value in
            Refusal.allCases.first { $0.name == value.string }
        }
        stepBack = try json.optionalField("stepped_back", "a reason") { value in
            StepBack.allCases.first { $0.name == value.string }
        }
    }

    private static var priorities: String {
        "one of " + ThreadPriority.allCases.map(\.name).joined(separator: ", ")
    }

    private static func priority(_ json: JSONValue) -> ThreadPriority? {
        json.string.flatMap(ThreadPriority.init(named:))
    }
}
