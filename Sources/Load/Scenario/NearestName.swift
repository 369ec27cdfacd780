/// The name of `known` that `name` was most likely meant to be, nil where none is near.
///
/// The least edit distance (with transpositions; Damerau 1964, Wagner and Fischer 1974) over
/// letters without case and without `-`, `_` and blanks: at most one up to five letters, two up to
/// eight, three beyond. Both begin alike, because `trace` is near `grace` in letters alone. A name
/// of two letters may lack its last letter, and differ in nothing else.
package func nearestName(to name: String, among known: [String]) -> String? {
    let wanted = folded(name)
    guard (2...64).contains(wanted.count) else { return nil }
    let near = known.compactMap { each -> (distance: Int, name: String)? in
        let other = folded(each)
        guard beginsAlike(wanted, other) else { return nil }
        let distance = editDistance(wanted, other)
        guard distance <= mostEdits(min(wanted.count, other.count)) else {
            let lacksOne = other.count == wanted.count + 1 && other.starts(with: wanted)
            return lacksOne ? (distance, each) : nil
        }
        return (distance, each)
    }
    return near.min { $0.distance < $1.distance }?.name
}

private func folded(_ name: String) -> [UInt8] {
    Array(name.lowercased().utf8.filter { !"-_ ".utf8.contains($0) })
}

private func mostEdits(_ letters: Int) -> Int {
    switch letters {
    case ..<3: 0
    case 3...5: 1
    case 6...8: 2
    default: 3
    }
}

/// Whether the first letters are the same, or the first two are swapped.
private func beginsAlike(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard let first = a.first, let other = b.first else { return false }
    if first == other { return true }
    return a.count > 1 && b.count > 1 && a[0] == b[1] && a[1] == b[0]
}

/// Insertions, deletions, substitutions and swaps of neighbours between two names. O(a b).
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
        var row = [i + 1]
        for j in 0..<b.count {
            var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                cost = min(cost, beforeLast[j - 1] + 1)
            }
            row.append(cost)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
