import Goodput

/// The gaps between tokens in and out of the steady window: their percentiles, and the gaps of any
/// rank, exactly.
struct GapSamples: Sendable {
    /// Cell 0 holds the gaps of requests outside the window, cell 1 of those within.
    private var tally: GapTally
    /// Gaps of length 0, by cell.
    private var emptyGaps = [0, 0]
    private var search: GapSearch?
    private var scratch: [Int64] = []

    /// Requests whose gaps are looked at together.
    enum Part: Int, CaseIterable {
        case run
        case window

        fileprivate var cells: [Int] { self == .run ? [0, 1] : [1] }
    }

    init() {
        tally = GapTally(bins: GapBins(cells: 2), mostStored: 0)
        _ = tally.addCell()
        _ = tally.addCell()
    }

    /// Counts the gaps of a stream.
    ///
    /// - Parameter empty: Those of length 0 between its tokens.
    mutating func count(_ tokens: [TokenEvent], empty: UInt32, inWindow: Bool) {
        let count = tokens.copyGaps(to: &scratch)
        let cell = inWindow ? 1 : 0
        scratch.withUnsafeBufferPointer {
            tally.add(UnsafeBufferPointer(rebasing: $0[..<count]), cell: cell)
        }
        emptyGaps[cell] += Int(empty)
    }

    /// How many gaps a part has, and how many of length 0.
    func counts(of part: Part) -> (all: Int, empty: Int) {
        let empty = part.cells.reduce(0) { $0 + emptyGaps[$1] }
        return (part.cells.reduce(empty) { $0 + tally.cells[$1].total }, empty)
    }

    /// Begins the search for the gaps of places, from 0, among all of each part. Where this returns
    /// false none is longer than 0.
    mutating func beginSearch(_ places: [[Int]]) -> Bool {
        let wanted = zip(Part.allCases, places).map { part, places in
            let empty = counts(of: part).empty
            return Set(places.filter { $0 >= empty }.map { $0 - empty })
        }
        search = GapSearch(tally, parts: Part.allCases.map(\.cells), places: wanted)
        return wanted.contains { !$0.isEmpty }
    }

    /// Hands the same streams over again.
    mutating func search(_ tokens: [TokenEvent], inWindow: Bool) {
        let count = tokens.copyGaps(to: &scratch)
        scratch.withUnsafeBufferPointer {
            search?.add(UnsafeBufferPointer(rebasing: $0[..<count]), cell: inWindow ? 1 : 0)
        }
    }

    /// The percentiles of a part, ns; empty without gaps.
    func percentiles(of part: Part) -> [Double] {
        let count = counts(of: part).all
        guard count > 0 else { return [] }
        let gap = gaps(of: part)
        return PercentileSamples.ranks.map { InterpolatedRank($0, of: count).value(gap) }
    }

    /// The places that the percentiles of a part are made from.
    func placesOfPercentiles(of part: Part) -> [Int] {
        let count = counts(of: part).all
        guard count > 0 else { return [] }
        return PercentileSamples.ranks.flatMap { rank in
            let place = InterpolatedRank(rank, of: count)
            return [place.lower, place.upper]
        }
    }

    /// The gaps of the wanted places of a part, ns.
    func gaps(of part: Part) -> (Int) -> Double {
        let empty = counts(of: part).empty
        let found = search?.gaps(ofPart: part.rawValue) ?? [:]
        return { place in place < empty ? 0 : Double(found[place - empty]?.gap ?? 0) }
    }

    /// Counts how many of a stream's gaps longer than 0 are at most each of four limits.
    mutating func counts(
        of tokens: [TokenEvent], upTo limits: SIMD4<Int64>
    ) -> SIMD4<UInt32> {
        let count = tokens.copyGaps(to: &scratch)
        var below = SIMD4<UInt32>()
        for gap in scratch[..<count] {
            for rank in 0..<4 { below[rank] &+= gap <= limits[rank] ? 1 : 0 }
        }
        return below
    }
}
