import Bytes
package import Sampling

/// A scored stage of a run as it was planned: the load from its begin to that of the next one.
package struct LoadStage: Hashable, Sendable {
    /// ns after the run's start, not decreasing from stage to stage.
    package var beginNs: Int64
    package var load: ArrivalLoad

    package init(beginNs: Int64, load: ArrivalLoad) {
        self.beginNs = beginNs
        self.load = load
    }
}

extension LoadStage {
    private static let open: UInt8 = 0
    private static let closed: UInt8 = 1
    private static let changing: UInt8 = 2

    func encode(into writer: inout ByteWriter) {
        writer.fixed(beginNs)
        switch load {
        case .open: writer.byte(Self.open)
        case .changing: writer.byte(Self.changing)
        case .closed(let users):
            writer.byte(Self.closed)
            writer.varint(UInt64(users))
        }
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        beginNs = try reader.fixed("stage begin")
        let kind = try reader.byte("stage load")
        switch kind {
        case Self.open: load = .open
        case Self.changing: load = .changing
        case Self.closed:
            let users = try reader.varint("stage users", limit: UInt64(UInt32.max))
            guard users > 0 else {
                throw reader.error("stage users", back: 1, .contradiction("there are none"))
            }
            load = .closed(users: Int(users))
        default: throw reader.error("stage load", back: 1, .contradiction("it is no load"))
        }
    }
}
