/// Draws the lines of a ``TimeMap`` along a fit's curve.
struct TimeMapDraft {
    private(set) var layout: TimeMapLayout

    /// How far a line may be off the curve, ns: with what both round to whole ns it is 1 at most.
    private static let tolerance = 0.5
    /// A curve that takes shorter lines than this, ns, is not followed.
    private static let shortest: Int64 = 1 << 14
    /// How far from a smoother's anchor the seconds of its frame are exact, ns.
    private static let exact = 0x1p53

    /// Lines that are tried at most: two seconds of work, however wild a curve is.
    private static let mostTries = 1 << 22

    private var tries = 0
    /// Where the pieces of the cell that is laid out begin.
    private var first = 0
    private let curve: PointCurve
    private let origin: Int64

    /// - Parameter asked: stamps at which the fit is to be asked, in order.
    init(_ curve: PointCurve, over window: ClosedRange<Int64>, asking asked: [ClosedRange<Int64>]) {
        self.curve = curve
        origin = window.lowerBound
        layout = TimeMapLayout(offset: curve.estimate(at: origin)?.offsetNs ?? 0)
        let length = UInt64(bitPattern: window.upperBound &- window.lowerBound)
        while length >> layout.shift >= TimeMapLayout.mostCells { layout.shift += 1 }
        let shift = layout.shift
        let parts = Self.parts(curve.spans(in: window), without: asked)
        var next = 0
        layout.cells.reserveCapacity(Int(length >> shift) + 1)
        for number in 0...length >> shift {
            let start = number << shift
            let low = origin &+ Int64(bitPattern: start)
            let high = origin &+ Int64(bitPattern: min(length, start + (1 << shift - 1)))
            while next < parts.count, parts[next].stamps.upperBound < low { next += 1 }
            layout.cells.append(cell(low...high, parts[next...]))
        }
    }

    /// The spans less what is asked of the fit.
    private static func parts(
        _ spans: [(stamps: ClosedRange<Int64>, segment: Int)],
        without asked: [ClosedRange<Int64>]
    ) -> [(stamps: ClosedRange<Int64>, segment: Int)] {
        var parts: [(stamps: ClosedRange<Int64>, segment: Int)] = []
        var rest = asked[...]
        for span in spans {
            var low = span.stamps.lowerBound
            var isDone = false
            while !isDone, let hole = rest.first, hole.lowerBound <= span.stamps.upperBound {
                if low < hole.lowerBound { parts.append((low...hole.lowerBound - 1, span.segment)) }
                isDone = hole.upperBound >= span.stamps.upperBound
                if !isDone {
                    low = max(low, hole.upperBound + 1)
                    rest.removeFirst()
                }
            }
            if !isDone { parts.append((low...span.stamps.upperBound, span.segment)) }
        }
        return parts
    }

    /// The cell of some stamps, of which `parts` are those with a curve.
    private mutating func cell(
        _ stamps: ClosedRange<Int64>,
        _ parts: ArraySlice<(stamps: ClosedRange<Int64>, segment: Int)>
    ) -> TimeMap.Cell {
        first = layout.pieces.count
        var next = stamps.lowerBound
        for part in parts {
            guard part.stamps.lowerBound <= stamps.upperBound else { break }
            let low = max(part.stamps.lowerBound, stamps.lowerBound)
            let high = min(part.stamps.upperBound, stamps.upperBound)
            if next < low { append(.none, from: next) }
            draw(low...high, of: part.segment)
            next = high &+ 1
            if high == stamps.upperBound { break }
        }
        let isWhole = layout.pieces.count > first && next == stamps.upperBound &+ 1
        if !isWhole { append(.none, from: next) }
        let count = layout.pieces.count - first
        guard layout.pieces.count <= TimeMapLayout.mostPieces,
            count > 1 || !layout.pieces[first].line.isNone
        else {
            layout.pieces.removeSubrange(first...)
            return TimeMap.Cell(base: 0, slope: 0, pieces: -1)
        }
        if count > 1 {
            return TimeMap.Cell(base: Int64(first), slope: 0, pieces: Int32(count))
        }
        let line = layout.pieces.removeLast().line
        return TimeMap.Cell(base: line.base, slope: line.slope, pieces: 0)
    }

    private mutating func append(_ line: TimeMap.Line, from stamp: Int64) {
        // A piece of which the fit is asked goes on until a line begins.
        let last = layout.pieces.count - 1
        if line.isNone, last >= first, layout.pieces[last].line.isNone { return }
        let start = UInt64(bitPattern: stamp &- origin)
        layout.pieces.append(TimeMap.Piece(start: start, line: line))
    }

    /// Appends the lines that follow one smoother's curve over some stamps of a span.
    private mutating func draw(_ stamps: ClosedRange<Int64>, of segment: Int) {
        let length = stamps.upperBound.clampedDifference(stamps.lowerBound)
        tries += 1
        guard tries <= Self.mostTries, layout.pieces.count <= TimeMapLayout.mostPieces,
            isExact(stamps, of: segment)
        else { return append(.none, from: stamps.lowerBound) }
        if length <= TimeMap.Line.longest,
            curve.course(over: stamps, of: segment).sag(over: Double(length) / 1e9)
                <= Self.tolerance
        {
            return append(line(stamps, of: segment) ?? .none, from: stamps.lowerBound)
        }
        guard length > Self.shortest else { return append(.none, from: stamps.lowerBound) }
        let middle = stamps.lowerBound + length / 2
        draw(stamps.lowerBound...middle, of: segment)
        draw(middle + 1...stamps.upperBound, of: segment)
    }

    private func isExact(_ stamps: ClosedRange<Int64>, of segment: Int) -> Bool {
        let anchor = curve.segments[segment].frame.agentNs
        return [stamps.lowerBound, stamps.upperBound]
            .allSatisfy { Double($0.clampedDifference(anchor).magnitude) < Self.exact }
    }

    /// The line from the first to the last of some stamps; nil where none can be.
    private func line(_ stamps: ClosedRange<Int64>, of segment: Int) -> TimeMap.Line? {
        func height(_ stamp: Int64) -> Double {
            curve.offset(at: stamp, by: segment, above: layout.offset)
        }
        let length = stamps.upperBound - stamps.lowerBound
        let (begin, end) = (height(stamps.lowerBound), height(stamps.upperBound))
        let middle = stamps.lowerBound + length / 2
        // Two filters that hardly know anything can say together what is no cubic.
        let share = length == 0 ? 0 : Double(length / 2) / Double(length)
        guard (begin + (end - begin) * share - height(middle)).magnitude <= Self.tolerance + 0.25
        else { return nil }
        return TimeMap.Line(from: begin, rising: end - begin, over: length)
    }
}
