import JSON

/// A server's account of its models, read for the names alone.
struct ModelList: Hashable {
    /// Names that requests can ask for, in the server's order.
    private(set) var names: [String] = []
    /// Why there are none, as the end of a sentence; empty where there are some.
    private(set) var defect = ""

    /// Longest name that is taken over, in bytes.
    static let nameBytes = 512

    /// Reads `{"data": [{"id": NAME}, ...]}`, or that list alone, as some servers send it.
    init(_ document: [UInt8]) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: document)
        } catch {
            defect = document.isEmpty ? "an empty answer" : "an answer that is no JSON"
            return
        }
        guard let items = value["data"]?.array ?? value.array else {
            defect = "an answer without a list of models (`data`)"
            return
        }
        for item in items {
            // Others are no names that a request could carry on one line.
            guard let name = item["id"]?.string, (1...Self.nameBytes).contains(name.utf8.count),
                name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }),
                !names.contains(name)
            else { continue }
            names.append(name)
        }
        guard names.isEmpty else { return }
        let named = items.contains { $0["id"]?.string?.isEmpty == false }
        defect =
            items.isEmpty
            ? "an empty list of models"
            : named
                ? "a list of models whose every `id` has control characters or over "
                    + "\(Self.nameBytes) bytes"
                : "a list of models of which none has an `id`"
    }

    /// The first names, for people.
    var words: String {
        guard names.count > 4 else { return names.joined(separator: ", ") }
        return names.prefix(4).joined(separator: ", ") + " and \(names.count - 4) more"
    }
}
