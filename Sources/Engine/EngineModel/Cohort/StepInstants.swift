/// When the tokens of engines' steps left, kept once for all tokens of a step.
///
/// Each engine has two lists: its steps that decoded, and those that did not.
package struct StepInstants: Sendable {
    private var lists: [[Int64]]

    init(engines: Int) { lists = Array(repeating: [], count: 2 * engines) }

    /// Notes the step that an engine has just ended.
    mutating func append(_ ns: Int64, of engine: Int, decoded: Bool) {
        lists[2 * engine + (decoded ? 0 : 1)].append(ns)
    }

    /// Where tokens of an engine stand that end with its `end`th decoding step, one a step; without
    /// one, the last step that did not decode made them.
    func stretch(of engine: Int, count: Int, end: Int?) -> TokenStretch {
        let list = 2 * engine + (end == nil ? 1 : 0)
        let end = end ?? lists[list].count
        return TokenStretch(list: Int32(list), first: Int32(end - count), count: Int32(count))
    }

    /// The instants of a stretch, in order.
    subscript(stretch: TokenStretch) -> ArraySlice<Int64> {
        let first = Int(stretch.first)
        return lists[Int(stretch.list)][first..<first + Int(stretch.count)]
    }
}

/// Tokens of one answer that consecutive steps of one engine made, one each.
package struct TokenStretch: Hashable, Sendable {
    let list: Int32
    let first: Int32
    var count: Int32
}
