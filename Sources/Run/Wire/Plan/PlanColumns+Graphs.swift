import Bytes
import Workload

extension PlanColumns {
    /// Writes what requests of graphs wait for, and how much of their prompts is shared: a row a
    /// request, which names it by its distance from the one before; nothing where there is none.
    static func encodeGraphs(_ requests: [PlannedRequest], into writer: inout ByteWriter) {
        let rows = requests.indices.filter { row in
            requests[row].after != nil || requests[row].sharedSegments > 0
        }
        guard !rows.isEmpty else { return }
        writer.varint(UInt64(rows.count))
        var before = -1
        for row in rows {
            writer.varint(UInt64(row - before - 1))
            before = row
            writer.byte(requests[row].sharedSegments)
            guard let after = requests[row].after else {
                writer.varint(0)
                continue
            }
            writer.varint(UInt64(after.count) + 1)
            // Turns rise towards the request's own, which is near: distances downwards.
            var turn = requests[row].turn
            for parent in after.reversed() {
                precondition(parent < turn, "a request waits for earlier turns, each once")
                writer.varint(UInt64(turn - parent - 1))
                turn = parent
            }
        }
    }

    /// Reads what `encodeGraphs` wrote.
    static func decodeGraphs(
        into requests: inout [PlannedRequest], from reader: inout ByteReader
    ) throws(DecodeError) {
        let count = try reader.count("graph row count", limit: requests.count, bytesEach: 3)
        guard count > 0 else {
            throw reader.error("graph row count", back: 0, .contradiction("there is none"))
        }
        var row = -1
        for _ in 0..<count {
            let most = requests.count - 1 - (row + 1)
            guard most >= 0 else {
                throw reader.error("graph row", back: 0, .contradiction("it is beyond the last"))
            }
            row += 1 + Int(try reader.varint("graph row", limit: UInt64(most)))
            requests[row].sharedSegments = try reader.byte("shared segments")
            // One more than there are; nought for the turn before.
            let parents = try reader.varint("parent count", limit: UInt64(requests[row].turn) + 1)
            guard parents > 0 else { continue }
            var after: [UInt16] = []
            var turn = Int(requests[row].turn)
            for _ in 1..<parents {
                let most = turn - 1
                guard most >= 0 else {
                    throw reader.error("parent", back: 0, .contradiction("it is before turn 0"))
                }
                turn = most - Int(try reader.varint("parent", limit: UInt64(most)))
                after.append(UInt16(turn))
            }
            requests[row].after = after.reversed()
        }
    }
}
