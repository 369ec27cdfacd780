import Bytes
import TimeBase

/// How the stamps of a batch's tokens are laid out; chosen for each batch by what the data is like.
enum StampScheme: UInt8 {
    /// A stream after the other: the first stamp, then the gaps between tokens.
    case streams = 0
    /// A step after the other: its time, which streams have joined or left since the step before,
    /// and each stream's offset from the step's time.
    case steps = 1
}

/// The token section of a batch.
enum TokenColumns {
    /// - Returns: the tokens in canonical order, for the running hash.
    static func encode(
        _ tokens: [TokenRecord], resolutionNs: Int64, into writer: inout ByteWriter
    ) -> [TokenRecord] {
        writer.varint(UInt64(tokens.count))
        guard !tokens.isEmpty else { return [] }
        let streams = TokenStreams(tokens)
        let ticks = tokens.map { floorDivide($0.stamp.ns, by: resolutionNs) }
        let gaps = StreamGaps(ticks: ticks, streams: streams)
        let steps = TokenSteps(ticks: ticks, streams: streams, closeness: gaps.mean / 2)
        let scheme: StampScheme = steps.costInBits < gaps.costInBits ? .steps : .streams
        writer.code(scheme)
        writer.varint(UInt64(streams.requests.count))
        var before: UInt32 = 0
        for request in streams.requests {
            writer.varint(UInt64(request - before))
            before = request
        }
        switch scheme {
        case .streams: gaps.encode(streams, into: &writer)
        case .steps: encode(steps, ticks, streams, into: &writer)
        }
        let canonical = streams.order.map { index in
            var token = tokens[index]
            token.stamp.ns = ticks[index] &* resolutionNs
            return token
        }
        TokenKinds.encode(canonical, into: &writer)
        return canonical
    }

    private static func encode(
        _ steps: TokenSteps, _ ticks: [Int64], _ streams: TokenStreams,
        into writer: inout ByteWriter
    ) {
        var starts = [Int](repeating: 0, count: steps.times.count + 1)
        for step in steps.stepOfToken { starts[step + 1] += 1 }
        for step in steps.times.indices { starts[step + 1] += starts[step] }
        var next = starts
        var offsets = [UInt64](repeating: 0, count: ticks.count)
        var members = [Int](repeating: 0, count: ticks.count)
        // Along the streams, so that each step's members come out in the streams' order.
        for index in streams.order {
            let step = steps.stepOfToken[index]
            offsets[next[step]] = UInt64(bitPattern: ticks[index] &- steps.times[step])
            members[next[step]] = streams.streamOfToken[index]
            next[step] += 1
        }
        writer.varint(UInt64(steps.times.count))
        var before: Int64 = 0
        for time in steps.times {
            writer.signed(time &- before)
            before = time
        }
        var active: ArraySlice<Int> = []
        for step in steps.times.indices {
            let present = members[starts[step]..<starts[step + 1]]
            encodeChanges(from: active, to: present, into: &writer)
            active = present
        }
        BytePlanes.encode(offsets, into: &writer)
    }

    /// Writes the streams that are in one of two ascending lists and not in the other: their
    /// number, then each as the distance from the one before.
    private static func encodeChanges(
        from old: ArraySlice<Int>, to new: ArraySlice<Int>, into writer: inout ByteWriter
    ) {
        guard old != new else { return writer.byte(0) }
        var changed: [Int] = []
        var left = old
        var right = new
        while let a = left.first ?? right.first {
            let b = right.first ?? a
            if left.isEmpty || b < a {
                changed.append(b)
                right.removeFirst()
            } else if right.isEmpty || a < b {
                changed.append(a)
                left.removeFirst()
            } else {
                left.removeFirst()
                right.removeFirst()
            }
        }
        writer.varint(UInt64(changed.count))
        var before = 0
        for stream in changed {
            writer.varint(UInt64(stream - before))
            before = stream
        }
    }
}

/// The gaps between the tokens of each stream, in ticks.
struct StreamGaps {
    /// The first tick of each stream.
    private var firsts: [Int64] = []
    private var gaps: [Int64] = []
    private var goesBack = false
    /// The size that the scheme would take, in bits, near enough to choose by.
    private(set) var costInBits = 0
    /// The mean gap, at least 1 tick.
    private(set) var mean: Int64 = 1

    init(ticks: [Int64], streams: TokenStreams) {
        firsts.reserveCapacity(streams.requests.count)
        gaps.reserveCapacity(ticks.count)
        var sum: Int64 = 0
        for stream in streams.requests.indices {
            let range = streams.starts[stream]..<streams.starts[stream + 1]
            var before = ticks[streams.order[range.lowerBound]]
            firsts.append(before)
            for position in range.dropFirst() {
                let tick = ticks[streams.order[position]]
                let gap = tick &- before
                before = tick
                gaps.append(gap)
                goesBack = goesBack || gap < 0
                costInBits += bits(UInt64(bitPattern: gap))
                sum &+= gap
            }
        }
        costInBits += 40 * firsts.count
        if !gaps.isEmpty { mean = max(1, sum / Int64(gaps.count)) }
    }

    func encode(_ streams: TokenStreams, into writer: inout ByteWriter) {
        for stream in streams.requests.indices {
            writer.varint(UInt64(streams.starts[stream + 1] - streams.starts[stream]))
        }
        var before: Int64 = 0
        for first in firsts {
            writer.signed(first &- before)
            before = first
        }
        writer.flag(goesBack)
        BytePlanes.encode(
            gaps.map { goesBack ? zigzag($0) : UInt64(bitPattern: $0) }, into: &writer)
    }
}
