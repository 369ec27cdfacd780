import Bytes
import TimeBase

extension TokenColumns {
    /// Most tokens of one batch.
    static let limit = 1 << 20

    /// Decodes what `encode` wrote, in canonical order. Every token takes at least one byte of its
    /// stamp's column, so room is never made for more tokens than there are bytes.
    static func decode(
        resolutionNs: Int64, from reader: inout ByteReader
    ) throws(DecodeError) -> [TokenRecord] {
        let count = try reader.count("token count", limit: limit)
        guard count > 0 else { return [] }
        let scheme: StampScheme = try reader.code("token scheme")
        let requests = try decodeRequests(atMost: count, from: &reader)
        let stamps =
            switch scheme {
            case .streams: try decodeStreams(requests.count, count: count, from: &reader)
            case .steps: try decodeSteps(requests.count, count: count, from: &reader)
            }
        var tokens: [TokenRecord] = []
        tokens.reserveCapacity(count)
        for stream in requests.indices {
            for position in stamps.starts[stream]..<stamps.starts[stream + 1] {
                tokens.append(
                    TokenRecord(
                        stamp: LocalInstant(ns: stamps.ticks[position] &* resolutionNs),
                        request: requests[stream], count: 1, kind: .content, source: .kernel))
            }
        }
        try TokenKinds.decode(into: &tokens, from: &reader)
        return tokens
    }

    /// Ticks, stream after stream.
    private struct StreamTicks {
        var starts: [Int]
        var ticks: [Int64]
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
    ) throws(DecodeError) -> StreamTicks {
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
        var ticks: [Int64] = []
        ticks.reserveCapacity(count)
        var next = 0
        for stream in 0..<streams {
            var tick = firsts[stream]
            ticks.append(tick)
            for _ in 1..<(starts[stream + 1] - starts[stream]) {
                tick &+= goesBack ? unzigzag(gaps[next]) : Int64(bitPattern: gaps[next])
                next += 1
                ticks.append(tick)
            }
        }
        return StreamTicks(starts: starts, ticks: ticks)
    }

    private static func decodeSteps(
        _ streams: Int, count: Int, from reader: inout ByteReader
    ) throws(DecodeError) -> StreamTicks {
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
        return arrange(members, ends, times, offsets, streams: streams)
    }

    /// Puts the tokens of all steps into their streams' order.
    private static func arrange(
        _ members: [Int], _ ends: [Int], _ times: [Int64], _ offsets: [UInt64], streams: Int
    ) -> StreamTicks {
        var starts = [Int](repeating: 0, count: streams + 1)
        for stream in members { starts[stream + 1] += 1 }
        for stream in 0..<streams { starts[stream + 1] += starts[stream] }
        var next = starts
        var ticks = [Int64](repeating: 0, count: members.count)
        var position = 0
        for (step, end) in ends.enumerated() {
            while position < end {
                let stream = members[position]
                ticks[next[stream]] = times[step] &+ Int64(bitPattern: offsets[position])
                next[stream] += 1
                position += 1
            }
        }
        return StreamTicks(starts: starts, ticks: ticks)
    }

    private static func decodeChanges(
        of active: [Int], streams: Int, from reader: inout ByteReader
    ) throws(DecodeError) -> [Int] {
        let count = try reader.count("step change count", limit: streams)
        guard count > 0 else { return active }
        var merged: [Int] = []
        var rest = active[...]
        var changed = 0
        for place in 0..<count {
            let step = Int(try reader.varint("step change", limit: UInt64(streams)))
            changed += step
            guard changed < streams, place == 0 || step > 0 else {
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
