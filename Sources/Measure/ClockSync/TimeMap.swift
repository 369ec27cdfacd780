public import TimeBase

/// A fit's mapping over a window, laid out so that a stamp is mapped in constant time by integers.
///
/// The offset is a chain of straight lines, each of them within half a nanosecond of the fit's
/// curve: cells of a power of two ns, most of them one line, so that a stamp's is found by a shift.
/// The mapped instant is within 1 ns of the fit's, and lies within the fit's hard interval.
///
/// Stamps at which the point may be clipped into its budget interval (hardly any, and most of them
/// in zones of breaks), those at which the mapping is too steep or too far from the probes for such
/// lines, and those outside of the window are mapped by the fit itself.
public struct TimeMap: Sendable {
    /// The window's first stamp, and how far its last is from it, ns.
    @usableFromInline let origin: Int64
    @usableFromInline let length: UInt64
    /// A cell has 2^shift ns.
    @usableFromInline let shift: UInt64
    /// The offset that lines count from, ns.
    @usableFromInline let offset: Int64
    @usableFromInline let cells: [Cell]
    private let rest: Rest
    /// The reach of the truth before and after what ``map(_:)`` gives in the window, by the fit's
    /// hard bounds, ns: at most 0, and at least 0. The ends of Int64 where nothing is known.
    ///
    /// They are no narrower than the exact supremum. They are wider by 1 % and 20 ns at most, or in
    /// a break's zone and with hardly any probes by some tenths of a microsecond.
    package let hardLow: Int64
    package let hardHigh: Int64

    /// A cell by itself.
    @usableFromInline
    struct Cell: Sendable {
        /// The line at the cell's first stamp; of a cell of several pieces, where they begin.
        @usableFromInline var base: Int64
        @usableFromInline var slope: Int32
        /// How many pieces it has; 0 where the line above is all, negative where the fit is asked.
        @usableFromInline var pieces: Int32
    }

    /// A part of a cell.
    struct Piece: Sendable {
        /// The first stamp, ns since the window's.
        var start: UInt64
        var line: Line
    }

    /// The parts that few stamps need.
    private final class Rest: Sendable {
        let fit: ClockFit
        let isShared: Bool
        let pieces: [Piece]

        init(fit: ClockFit, isShared: Bool, pieces: [Piece]) {
            (self.fit, self.isShared, self.pieces) = (fit, isShared, pieces)
        }
    }

    /// Lays out `fit`.
    ///
    /// - Parameters:
    ///   - window: the agent's part of the run, on its clock.
    ///   - isShared: whether agent and coordinator read one clock: then stamps are mapped to
    ///     themselves, and the fit says no more than how far the truth may lie from them.
    /// - Complexity: O(length of the window), some microseconds a second; memory of 16 MB at most.
    package init(
        _ fit: ClockFit, over window: ClosedRange<LocalInstant>, isShared: Bool = false
    ) {
        let stamps = window.lowerBound.ns...window.upperBound.ns
        let survey = TimeMapSurvey(fit, over: stamps, isShared: isShared)
        let layout =
            isShared
            ? .identity : TimeMapDraft(fit.points.curve, over: stamps, asking: survey.asked).layout
        origin = stamps.lowerBound
        length = UInt64(bitPattern: stamps.upperBound &- stamps.lowerBound)
        shift = layout.shift
        offset = layout.offset
        cells = layout.cells
        rest = Rest(fit: fit, isShared: isShared, pieces: layout.pieces)
        hardLow = survey.reach.low < Int64.max ? -survey.reach.low : .min
        hardHigh = survey.reach.high
    }

    /// The instant of an agent's stamp, ns of the coordinator's clock.
    ///
    /// - Complexity: O(1) within the window, and where the fit is asked O(log exchanges).
    @inlinable
    public func map(_ local: LocalInstant) -> Int64 {
        // Stamps before the window come out beyond its end.
        let distance = UInt64(bitPattern: local.ns &- origin)
        guard distance <= length else { return asked(local) }
        let cell = cells[Int(truncatingIfNeeded: distance &>> shift)]
        guard cell.pieces == 0 else { return piecewise(local, distance, cell) }
        let rise = Line(base: cell.base, slope: cell.slope)
            .offset(after: distance & (1 &<< shift &- 1))
        return local.ns &+ offset &+ rise
    }

    @usableFromInline
    @inline(never)
    func asked(_ local: LocalInstant) -> Int64 {
        rest.isShared ? local.ns : rest.fit.map(local).coordinatorNs
    }

    @usableFromInline
    @inline(never)
    func piecewise(_ local: LocalInstant, _ distance: UInt64, _ cell: Cell) -> Int64 {
        guard let piece = piece(of: cell, at: distance) else { return asked(local) }
        return local.ns &+ offset &+ piece.line.offset(after: distance &- piece.start)
    }

    /// The piece that holds a stamp; nil where the fit is asked.
    private func piece(of cell: Cell, at distance: UInt64) -> Piece? {
        guard cell.pieces > 0 else { return nil }
        let first = Int(cell.base)
        let own = rest.pieces[first..<first + Int(cell.pieces)]
        let piece = own[own.partition { $0.start > distance } - 1]
        return piece.line.isNone ? nil : piece
    }
}

extension TimeMap {
    /// A straight line of offsets in fixed point.
    @usableFromInline
    struct Line: Hashable, Sendable {
        /// The offset at its first stamp in 2^-16 ns, a half of one added so that it rounds.
        @usableFromInline var base: Int64
        /// The rise, 2^-36 ns a ns.
        @usableFromInline var slope: Int32

        /// The stamp farthest from its first to which a line may reach, ns: there its slope is
        /// coarse by 2^-5 ns.
        static let longest: Int64 = 1 << 32
        /// No line: the fit is asked.
        static let none = Line(base: 0, slope: .min)

        var isNone: Bool { slope == .min }

        @inlinable
        init(base: Int64, slope: Int32) { (self.base, self.slope) = (base, slope) }

        /// - Parameters:
        ///   - offset: at the first stamp, ns.
        ///   - rise: to the last one, ns.
        ///   - length: how far they are apart, ns; at most ``longest``.
        /// - Returns: nil when it is too steep (1.5 %), or too far from 0 (19 h).
        init?(from offset: Double, rising rise: Double, over length: Int64) {
            precondition(length >= 0 && length <= Self.longest, "a line is short")
            let steep = length == 0 ? 0 : (rise / Double(length) * 0x1p36).rounded()
            guard offset.magnitude < 0x1p46, steep.magnitude < 0x1p30 else { return nil }
            base = Int64(((offset + 0.5) * 0x1p16).rounded())
            slope = Int32(steep)
        }

        /// The offset so many ns after the first stamp, rounded to the nearest.
        @inlinable
        func offset(after distance: UInt64) -> Int64 {
            let rise = Int64(slope) &* Int64(truncatingIfNeeded: distance)
            return (base &+ rise &>> 20) &>> 16
        }
    }
}
