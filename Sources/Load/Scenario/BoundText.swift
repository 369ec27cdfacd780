package import Goodput

/// Classic bounds as options have them: `ttft:500`, in ms where no unit is written.
package enum BoundText {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case ttft
        case tpot
        case tbt
        case e2e

        /// The kind of that name, or of what other tools call it.
        package init?(named name: String) {
            let lower = name.lowercased()
            guard let kind = Kind(rawValue: lower) ?? Self.others[lower] else { return nil }
            self = kind
        }

        /// aiperf's `inter_token_latency` is a request's mean, as TPOT is; `itl` elsewhere is the
        /// gap.
        private static let others: [String: Kind] = [
            "e2el": .e2e, "request_latency": .e2e, "itl": .tbt, "time_to_first_token": .ttft,
            "inter_token_latency": .tpot,
        ]
    }

    /// The bounds of `texts`, each of which may hold several with blanks or commas between; the
    /// span with its unit.
    ///
    /// - Throws: ``QuantityError`` for what is no bound, and for one that is given twice.
    package static func parse(
        _ texts: [String]
    ) throws(QuantityError) -> [(kind: Kind, span: String)] {
        var bounds: [(kind: Kind, span: String)] = []
        for part in texts.flatMap({ $0.split { $0.isWhitespace || $0 == "," } }) {
            guard let colon = part.firstIndex(of: ":") else {
                throw QuantityError(
                    message: "`\(part)` is no bound; write for example `ttft:500 tpot:50` (ms)")
            }
            let name = String(part[..<colon])
            guard let kind = Kind(named: name) else {
                let known = Kind.allCases.map(\.rawValue)
                let hint =
                    nearestName(to: name, among: known).map { "did you mean `\($0)`?" }
                    ?? "write one of \(known.joined(separator: ", "))"
                throw QuantityError(message: "there is no bound `\(name)`; \(hint)")
            }
            guard !bounds.contains(where: { $0.kind == kind }) else {
                throw QuantityError(message: "`\(kind.rawValue)` is bounded twice; keep one")
            }
            let text = Quantity.text(String(part[part.index(after: colon)...]), bareUnit: " ms")
            guard try Quantity.nanoseconds(text) > 0 else {
                throw QuantityError(message: "`\(part)` is not positive")
            }
            bounds.append((kind, text))
        }
        return bounds
    }

    /// The same as bounds of a scoring.
    package static func objectives(_ texts: [String]) throws(QuantityError) -> Objectives {
        var objectives = Objectives()
        for (kind, span) in try parse(texts) {
            let ns = try Quantity.nanoseconds(span)
            switch kind {
            case .ttft: objectives.ttft = ns
            case .tpot: objectives.tpot = ns
            case .tbt: objectives.tbt = ns
            case .e2e: objectives.e2e = ns
            }
        }
        return objectives
    }
}
