/// A closed set of names that users write in scenarios and on the command line.
package protocol NamedChoice: RawRepresentable, CaseIterable, Hashable, Sendable
where RawValue == String {
    /// The noun for a member of the set, for sentences: "GPU", "scheduler".
    static var noun: String { get }

    /// A further spelling of one of the names.
    static func alias(_ name: String) -> Self?
}

extension NamedChoice {
    package static func alias(_ name: String) -> Self? { nil }

    /// The choice called `name`, whatever its letter case.
    ///
    /// - Throws: ``EngineOptionsError/unknownName(noun:name:nearest:known:)`` with the name that is
    ///   nearest in spelling.
    package static func named(_ name: String) throws(EngineOptionsError) -> Self {
        let folded = name.lowercased()
        if let exact = allCases.first(where: { $0.rawValue.lowercased() == folded }) {
            return exact
        }
        if let alias = alias(name) { return alias }
        let known = allCases.map(\.rawValue)
        throw .unknownName(
            noun: noun, name: String(name.prefix(64)), nearest: nearestName(to: name, in: known),
            known: known)
    }
}

/// The candidate with the least Levenshtein distance to `name`, ignoring case, or nil where even
/// that one would have to change in more than half of its letters.
///
/// O(`name` × candidates' letters); `name` counts to its 64th character.
func nearestName(to name: String, in candidates: [String]) -> String? {
    let wanted = Array(name.lowercased().prefix(64))
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let letters = Array(candidate.lowercased())
        let distance = editDistance(wanted, letters)
        if distance * 2 <= letters.count, distance < best?.distance ?? .max {
            best = (candidate, distance)
        }
    }
    return best?.name
}

/// Insertions, deletions and replacements that turn `a` into `b`.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in b.enumerated() {
            let above = row[j + 1]
            row[j + 1] = min(above + 1, row[j] + 1, diagonal + (letter == other ? 0 : 1))
            diagonal = above
        }
    }
    return row[b.count]
}
