import JSON

/// `key=value,key=value` or a flat JSON object, as guidellm writes what an option is made of.
struct KeyedValues {
    private(set) var keys: [String] = []
    private var values: [String: String] = [:]

    /// Nil where `text` is neither.
    init?(_ text: String) {
        if text.hasPrefix("{") {
            do throws(JSONSyntaxError) {
                guard let members = try JSONValue(parsing: text).members else { return nil }
                for member in members { add(member.name, Self.text(member.value)) }
            } catch {
                return nil  // whether it is JSON is the question
            }
            return
        }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, !halves[0].isEmpty else { return nil }
            add(String(halves[0]), String(halves[1]))
        }
    }

    subscript(_ key: String) -> String? { values[key] }

    private mutating func add(_ key: String, _ value: String) {
        keys.append(key)
        values[key] = value
    }

    private static func text(_ value: JSONValue) -> String {
        value.string ?? String(decoding: value.serialized, as: UTF8.self)
    }
}
