import Bytes
import TokenLog

extension ClientAudit {
    func encode(into writer: inout ByteWriter) {
        for count in [
            sends, events.kernel, events.kernelJoined, events.callback, events.callbackJoined,
            outOfOrder, unstamped, timeouts, cpuNs, wallNs,
        ] { writer.varint(count) }
        for span in [latenessP50Ns, latenessP99Ns, latenessMaxNs] { writer.signed(span) }
        writer.varint(UInt64(busyPermille))
        writer.varint(UInt64(busiestPermille))
        readDelay.encode(into: &writer)
        readWaiting.encode(into: &writer)
        lateJoins.gaps.encode(into: &writer)
        lateJoins.firsts.encode(into: &writer)
        for span in [overload.totalNs, overload.fromNs, overload.toNs] { writer.varint(span) }
        writer.flag(priority != nil)
        priority?.encode(into: &writer)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        self.init()
        sends = try reader.varint("audit sends")
        events.kernel = try reader.varint("audit kernel stamps")
        events.kernelJoined = try reader.varint("audit joined kernel stamps")
        events.callback = try reader.varint("audit callback stamps")
        events.callbackJoined = try reader.varint("audit joined callback stamps")
        outOfOrder = try reader.varint("audit stamps out of order")
        unstamped = try reader.varint("audit reads without a stamp")
        timeouts = try reader.varint("audit time limits")
        cpuNs = try reader.varint("audit CPU time")
        wallNs = try reader.varint("audit length")
        latenessP50Ns = try reader.signed("audit lateness p50")
        latenessP99Ns = try reader.signed("audit lateness p99")
        latenessMaxNs = try reader.signed("audit lateness max")
        busyPermille = try reader.number("audit loop share")
        busiestPermille = try reader.number("audit busiest second")
        readDelay = try LogHistogram(from: &reader, "audit delay")
        readWaiting = try LogHistogram(from: &reader, "audit waiting bytes")
        lateJoins.gaps = try LogHistogram(from: &reader, "audit late joined reads")
        lateJoins.firsts = try LogHistogram(from: &reader, "audit late first reads")
        overload.totalNs = try reader.varint("audit overload")
        overload.fromNs = try reader.varint("audit overload begin")
        overload.toNs = try reader.varint("audit overload end")
        priority = try reader.flag("audit priority flag") ? PriorityAudit(from: &reader) : nil
    }
}

extension PriorityAudit {
    fileprivate func encode(into writer: inout ByteWriter) {
        writer.code(wanted)
        writer.code(got)
        writer.optionalCode(refusal)
        writer.optionalCode(stepBack)
    }

    fileprivate init(from reader: inout ByteReader) throws(DecodeError) {
        self.init(
            wanted: try reader.code("audit wanted priority"),
            got: try reader.code("audit priority"),
            refusal: try reader.optionalCode("audit refusal"),
            stepBack: try reader.optionalCode("audit step back"))
    }
}

extension LogHistogram {
    /// The steps that hold something: each one's distance from the one before, and its count.
    fileprivate func encode(into writer: inout ByteWriter) {
        let filled = filled
        writer.varint(UInt64(filled.count))
        var before = 0
        for (step, count) in filled {
            writer.varint(UInt64(step - before))
            writer.varint(count)
            before = step
        }
    }

    fileprivate init(
        from reader: inout ByteReader, _ name: StaticString
    ) throws(DecodeError) {
        self.init()
        let filled = try reader.count(name, limit: Self.steps, bytesEach: 2)
        var step = 0
        for index in 0..<filled {
            let gap = try reader.varint(name, limit: UInt64(Self.steps - 1 - step))
            step += Int(gap)
            guard index == 0 || gap > 0 else {
                throw reader.error(
                    name, back: 1, .contradiction("a step stands twice"))
            }
            add(try reader.varint(name), toStep: step)
        }
    }
}
