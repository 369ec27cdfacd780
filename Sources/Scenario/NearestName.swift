/// The name of `known` that `name` was most likely meant to be: the least edit distance (with
/// transpositions; Damerau 1964, Wagner and Fischer 1974), at most a third of the length plus one.
func nearestName(to name: String, among known: [String]) -> String? {
    let wanted = Array(name.lowercased().utf8)
    guard wanted.count <= 64 else { return nil }
    let ranked = known.map {
        (distance: editDistance(wanted, Array($0.lowercased().utf8)), name: $0)
    }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= 1 + wanted.count / 3 ? best.name : nil
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
