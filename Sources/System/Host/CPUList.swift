/// A list of processors as the kernel writes it: `0-3,8,10-11`.
package enum CPUList {
    /// The processors of `text`, ascending; nil where it is no such list.
    ///
    /// - Complexity: O(processors), at most `most` of them.
    package static func parse(_ text: some StringProtocol) -> [Int]? {
        var processors: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
                0 <= first, first <= last, last < most, first > processors.last ?? -1
            else { return nil }
            processors += first...last
        }
        return processors
    }

    /// The processors that a process may run on, by its /proc/PID/status; nil where it names none.
    package static func allowed(status: String) -> [Int]? {
        let name = "Cpus_allowed_list:"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
            let list = parse(line.dropFirst(name.count).drop(while: \.isWhitespace)),
            !list.isEmpty
        else { return nil }
        return list
    }

    /// More than any kernel is built for.
    static let most = 1 << 16
}
