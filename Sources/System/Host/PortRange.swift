/// Ports that the kernel gives to connections that ask for none, ip_local_port_range.
package enum PortRange {
    /// The range of `text`, such as `32768	60999`; nil where it is none.
    package static func parse(_ text: some StringProtocol) -> ClosedRange<Int>? {
        let ends = text.split(whereSeparator: \.isWhitespace).map { Int($0) }
        guard ends.count == 2, let low = ends[0], let high = ends[1],
            1 <= low, low <= high, high <= 65_535
        else { return nil }
        return low...high
    }
}
