import Bytes
import Workload

/// The rule's code, then the limit where it is one.
extension ConnectionRule {
    private enum Code: UInt8 { case kept = 0, fresh = 1, limited = 2 }

    func encode(into writer: inout ByteWriter) {
        switch self {
        case .kept: writer.code(Code.kept)
        case .fresh: writer.code(Code.fresh)
        case .limited(let limit):
            writer.code(Code.limited)
            writer.varint(UInt64(limit))
        }
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        switch try reader.code("connection rule", as: Code.self) {
        case .kept: self = .kept
        case .fresh: self = .fresh
        case .limited:
            let limit: UInt16 = try reader.number("connection limit")
            guard limit > 0 else {
                throw reader.error("connection limit", back: 1, .contradiction("it is 0"))
            }
            self = .limited(limit)
        }
    }
}
