extension String {
    /// Whether it goes before `other` where numbers within names count by their value: `node-2`
    /// before `node-10`. A total order of all texts that differ, the same on every host.
    package func precedesByNumber(_ other: String) -> Bool {
        var (mine, others) = (Array(utf8)[...], Array(other.utf8)[...])
        while let first = mine.first, let second = others.first {
            if first.isDigit && second.isDigit {
                let (one, two) = (mine.takeNumber(), others.takeNumber())
                if one.count != two.count { return one.count < two.count }
                if one != two { return one.lexicographicallyPrecedes(two) }
            } else {
                if first != second { return first < second }
                mine.removeFirst()
                others.removeFirst()
            }
        }
        if mine.isEmpty != others.isEmpty { return mine.isEmpty }
        // Alike but for zeros ahead of a number.
        return utf8.lexicographicallyPrecedes(other.utf8)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension ArraySlice<UInt8> {
    /// The digits at the front, taken away; without the zeros ahead of them.
    fileprivate mutating func takeNumber() -> ArraySlice<UInt8> {
        let digits = prefix(while: \.isDigit)
        removeFirst(digits.count)
        return digits.drop { $0 == UInt8(ascii: "0") }
    }
}
