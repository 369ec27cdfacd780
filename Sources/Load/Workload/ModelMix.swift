import Randomness

/// The models that a class asks for, each with its share of the class's sessions: what a server
/// with adapters serves at once.
package struct ModelMix: Hashable, Sendable {
    /// A model and its weight, positive; weights need not add up to anything.
    package struct Part: Hashable, Sendable {
        package var model: String
        package var weight: Double

        package init(model: String, weight: Double) {
            self.model = model
            self.weight = weight
        }
    }

    /// Longest name of a model, in bytes.
    package static let nameBytes = 512

    /// At least one, no model twice.
    package var parts: [Part]

    package init(_ parts: [Part]) { self.parts = parts }

    /// Every session asks for `model`.
    package init(_ model: String) { parts = [Part(model: model, weight: 1)] }

    /// The index of the part that a session draws, by the weights.
    func draw(using random: inout RandomStream) -> Int {
        guard parts.count > 1 else { return 0 }
        var point = random.nextUnit() * parts.reduce(0) { $0 + $1.weight }
        for (index, part) in parts.enumerated() {
            if point < part.weight { return index }
            point -= part.weight
        }
        return parts.count - 1
    }

    /// The defect that makes the mix impossible, as the end of a sentence; nil when it is sound.
    package var defect: String? {
        if parts.isEmpty { return "names no model" }
        var seen: Set<String> = []
        for part in parts {
            guard !part.model.isEmpty, part.model.utf8.count <= Self.nameBytes else {
                return "needs names of 1 to \(Self.nameBytes) bytes"
            }
            guard part.model.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else { return "needs names without control characters" }
            guard part.weight > 0, part.weight.isFinite else {
                return "needs a positive share of `\(part.model)`"
            }
            guard seen.insert(part.model).inserted else {
                return "names `\(part.model)` twice"
            }
        }
        return nil
    }
}
