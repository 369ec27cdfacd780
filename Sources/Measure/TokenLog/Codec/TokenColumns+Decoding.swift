import Bytes
import TimeBase

extension TokenColumns {
    /// Most tokens of one batch.
    static let limit = 1 << 20

    /// Decodes what `encode` wrote, in canonical order, in place of what `tokens` holds. Every
    /// token takes at least one byte of its stamp's column, so room is never made for more tokens
    /// than there are bytes.
    static func decode(
        into tokens: inout [TokenRecord], resolutionNs: Int64, from reader: inout ByteReader
    ) throws(DecodeError) {
        let count = try reader.count("token count", limit: limit)
        guard count > 0 else { return tokens.removeAll(keepingCapacity: true) }
        let scheme: StampScheme = try reader.code("token scheme")
        let requests = try decodeRequests(atMost: count, from: &reader)
        switch scheme {
        case .streams:
            let streams = try decodeStreams(requests.count, count: count, from: &reader)
            resize(&tokens, to: count)
            arrange(streams, requests, resolutionNs, into: &tokens)
        case .steps:
            let steps = try decodeSteps(requests.count, count: count, from: &reader)
            resize(&tokens, to: count)
            arrange(steps, requests, resolutionNs, into: &tokens)
        }
        try TokenKinds.decode(into: &tokens, from: &reader)
    }

    /// Any `count` tokens.
    private static func resize(_ tokens: inout [TokenRecord], to count: Int) {
        if tokens.count > count { tokens.removeLast(tokens.count - count) }
        tokens.reserveCapacity(count)
        let any = token(0, of: 0)
        while tokens.count < count { tokens.append(any) }
    }

    /// The token with a stamp, as far as nothing else is known of it.
    @inline(__always)
    private static func token(_ stampNs: Int64, of request: UInt32) -> TokenRecord {
        TokenRecord(
            stamp: LocalInstant(ns: stampNs), request: request, count: 1, kind: .content,
            source: .kernel)
    }

    /// The stamps of streams, stream after stream: ticks and gaps.
    private struct Streams {
        /// Where each stream begins among the tokens; one entry more than there are streams.
        var starts: [Int]
        var firsts: [Int64]
        var gaps: [UInt64]
        var goesBack: Bool
    }

    /// The stamps of steps, step after step: ticks.
    private struct Steps {
        /// The stream of each token.
        var members: [Int]
        /// Where each step ends among the tokens.
        var ends: [Int]
        var times: [Int64]
        var offsets: [UInt64]
    }

    private static func decodeRequests(
        atMost count: Int, from reader: inout ByteReader
    ) throws(DecodeError) -> [UInt32] {
        let streams = try reader.count("stream count", limit: count)
        var requests: [UInt32] = []
        requests.reserveCapacity(streams)
        for _ in 0..<streams {
            let step: UInt32 = try reader.number("stream request")
            let before = requests.last ?? 0
            let (request, overflow) = before.addingReportingOverflow(step)
            guard !overflow, requests.isEmpty || step > 0 else {
                throw reader.error(
                    "stream request", back: 0, .contradiction("the requests do not ascend"))
            }
            requests.append(request)
        }
        return requests
    }

    private static func decodeStreams(
        _ streams: Int, count: Int, from reader: inout ByteReader
    ) throws(DecodeError) -> Streams {
        var starts = [0]
        starts.reserveCapacity(streams + 1)
        for stream in 0..<streams {
            let length = try reader.varint("stream length", limit: UInt64(count))
            let end = starts[stream] + Int(length)
            guard length > 0, end <= count else {
                throw reader.error(
                    "stream length", back: 0, .contradiction("it is not 1 to the tokens left"))
            }
            starts.append(end)
        }
        guard starts[streams] == count else {
            throw reader.error(
                "stream length", back: 0, .contradiction("the streams hold not all tokens"))
        }
        var firsts: [Int64] = []
        firsts.reserveCapacity(streams)
        for _ in 0..<streams {
            firsts.append((firsts.last ?? 0) &+ (try reader.signed("stream first stamp")))
        }
        let goesBack = try reader.flag("gap sign flag")
        let gaps = try BytePlanes.decode("token gaps", count: count - streams, from: &reader)
        return Streams(starts: starts, firsts: firsts, gaps: gaps, goesBack: goesBack)
    }

    private static func arrange(
        _ streams: Streams, _ requests: [UInt32], _ resolutionNs: Int64,
        into tokens: inout [TokenRecord]
    ) {
        // Sound: the streams hold all tokens, and each but a stream's first has its gap.
        tokens.withUnsafeMutableBufferPointer { tokens in
            streams.gaps.withUnsafeBufferPointer { gaps in
                var position = 0
                for (stream, request) in requests.enumerated() {
                    var tick = streams.firsts[stream]
                    tokens[position] = token(tick &* resolutionNs, of: request)
                    position += 1
                    let end = streams.starts[stream + 1]
                    while position < end {
                        let gap = gaps[position - stream - 1]
                        tick &+= streams.goesBack ? unzigzag(gap) : Int64(bitPattern: gap)
                        tokens[position] = token(tick &* resolutionNs, of: request)
                        position += 1
                    }
                }
            }
        }
    }

    private static func decodeSteps(
        _ streams: Int, count: Int, from reader: inout ByteReader
    ) throws(DecodeError) -> Steps {
        let steps = try reader.count("step count", limit: count)
        var times: [Int64] = []
        times.reserveCapacity(steps)
        for _ in 0..<steps {
            times.append((times.last ?? 0) &+ (try reader.signed("step time")))
        }
        var members: [Int] = []
        var ends: [Int] = []
        ends.reserveCapacity(steps)
        var active: [Int] = []
        for _ in 0..<steps {
            active = try decodeChanges(of: active, streams: streams, from: &reader)
            guard !active.isEmpty, active.count <= count - members.count else {
                throw reader.error(
                    "step members", back: 0, .contradiction("they are not 1 to the tokens left"))
            }
            // The bytes for `count` offsets must still come, so members stays within them.
            members += active
            ends.append(members.count)
        }
        guard members.count == count else {
            throw reader.error(
                "step members", back: 0, .contradiction("the steps hold not all tokens"))
        }
        let offsets = try BytePlanes.decode("step offsets", count: count, from: &reader)
        return Steps(members: members, ends: ends, times: times, offsets: offsets)
    }

    /// Puts the tokens of all steps into their streams' order.
    private static func arrange(
        _ steps: Steps, _ requests: [UInt32], _ resolutionNs: Int64,
        into tokens: inout [TokenRecord]
    ) {
        var next = [Int](repeating: 0, count: requests.count + 1)
        for stream in steps.members { next[stream + 1] += 1 }
        for stream in requests.indices { next[stream + 1] += next[stream] }
        // Sound: there are as many members, offsets and tokens, and each member is a stream.
        tokens.withUnsafeMutableBufferPointer { tokens in
            var position = 0
            for (step, end) in steps.ends.enumerated() {
                let time = steps.times[step]
                while position < end {
                    let stream = steps.members[position]
                    let tick = time &+ Int64(bitPattern: steps.offsets[position])
                    tokens[next[stream]] = token(tick &* resolutionNs, of: requests[stream])
                    next[stream] += 1
                    position += 1
                }
            }
        }
    }

    private static func decodeChanges(
        of active: [Int], streams: Int, from reader: inout ByteReader
    ) throws(DecodeError) -> [Int] {
        let count = try reader.count("step change count", limit: streams)
        guard count > 0 else { return active }
        var merged: [Int] = []
        var rest = active[...]
        var changed = 0
        for index in 0..<count {
            let step = Int(try reader.varint("step change", limit: UInt64(streams)))
            changed += step
            guard changed < streams, index == 0 || step > 0 else {
                throw reader.error(
                    "step change", back: 0,
                    .contradiction("the changes do not ascend within the streams"))
            }
            while let stream = rest.first, stream < changed {
                merged.append(stream)
                rest.removeFirst()
            }
            if rest.first == changed {
                rest.removeFirst()
            } else {
                merged.append(changed)
            }
        }
        return merged + rest
    }
}
