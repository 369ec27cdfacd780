/// Logarithmic bins of spans: spans below twice 2^`bits` ns have one each, above them every
/// octave is divided in 2^`bits`.
package struct GapBins: Hashable, Sendable {
    let bits: Int

    /// Bins for `cells` distributions, the coarser the more there are: some 200 KiB each of at most
    /// 64, 12 KiB of thousands.
    package init(cells: Int) {
        bits = cells <= 64 ? 10 : cells <= 512 ? 8 : 6
    }

    /// The bin of a span of at least 0 ns; bins of longer spans have greater numbers.
    @inline(__always)
    package func bin(of span: Int64) -> Int {
        let shift = max(0, 63 - bits - span.leadingZeroBitCount)
        return shift << bits + Int(span >> Int64(shift))
    }

    /// The spans of a bin.
    package func spans(of bin: Int) -> ClosedRange<Int64> {
        let shift = max(0, bin >> bits - 1)
        let lowest = Int64(bin - shift << bits) << Int64(shift)
        return lowest...(lowest + (1 << Int64(shift) - 1))
    }
}
