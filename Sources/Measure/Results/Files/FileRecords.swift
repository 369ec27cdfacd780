import Bytes
package import JSON

/// The manifest's word on the files beside it, so that what was cut or changed is noticed.
package struct FileRecords: Hashable, Sendable {
    /// nil in the manifests of before.
    package var requests: RequestsFileRecord?
    /// Bytes in `tokens.log` when the run had ended; nil where it had none, and in the manifests of
    /// before.
    package var journalByteCount: Int?

    package init(requests: RequestsFileRecord? = nil, journalByteCount: Int? = nil) {
        self.requests = requests
        self.journalByteCount = journalByteCount
    }

    /// The member of the manifest.
    package static let name = "files"

    package var json: JSONValue {
        var members: [JSONMember] = []
        if let requests { members.append(JSONMember(RunFileName.requests, requests.json)) }
        if let journalByteCount {
            members.append(
                JSONMember(
                    RunFileName.journal, ["bytes": .integer(Int64(journalByteCount))]))
        }
        return .object(members)
    }

    /// Reads the member ``name`` of a manifest; nothing is known where there is none.
    package init(manifest json: JSONValue) throws(JSONFieldError) {
        guard let files = json.optional(Self.name) else { return }
        do throws(JSONFieldError) {
            if let requests = files.optional(RunFileName.requests) {
                self.requests = try RequestsFileRecord(json: requests)
            }
            if let journal = files.optional(RunFileName.journal) {
                journalByteCount = try journal.integer("bytes")
            }
        } catch {
            throw JSONFieldError(problem: "has `\(Self.name)` that \(error.problem)")
        }
    }
}

/// The content of `requests.jsonl` when it was written, in short.
package struct RequestsFileRecord: Hashable, Sendable {
    /// The ids of its lines; rising once all are known.
    package private(set) var ids: [ClosedRange<UInt32>] = []
    package private(set) var count = 0
    package private(set) var byteCount = 0
    private var crc = CRC32C()
    private var stored: UInt32?

    package init() {}

    /// The checksum of all bytes.
    package var checksum: UInt32 { stored ?? crc.value }

    /// Takes in the line of request `id`, with its line end.
    package mutating func add(_ id: UInt32, line: [UInt8]) {
        append(id...id)
        count += 1
        byteCount += line.count
        crc.add(line)
    }

    /// All lines are there.
    package mutating func finish() {
        let runs = ids.sorted { $0.lowerBound < $1.lowerBound }
        ids = []
        for run in runs { append(run) }
    }

    private mutating func append(_ run: ClosedRange<UInt32>) {
        if let last = ids.last, last.upperBound < .max, last.upperBound + 1 == run.lowerBound {
            ids[ids.count - 1] = last.lowerBound...run.upperBound
        } else {
            ids.append(run)
        }
    }

    /// O(log runs of ids).
    package func contains(_ id: UInt32) -> Bool {
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle].upperBound < id { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low].contains(id)
    }

    package static func == (a: RequestsFileRecord, b: RequestsFileRecord) -> Bool {
        a.ids == b.ids && a.count == b.count && a.byteCount == b.byteCount
            && a.checksum == b.checksum
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ids)
        hasher.combine(checksum)
    }
}

extension RequestsFileRecord {
    package var json: JSONValue {
        [
            "count": .integer(Int64(count)),
            "ids": .array(
                ids.map { [.integer(Int64($0.lowerBound)), .integer(Int64($0.upperBound))] }),
            "bytes": .integer(Int64(byteCount)), "crc32c": .integer(Int64(checksum)),
        ]
    }

    init(json: JSONValue) throws(JSONFieldError) {
        count = try json.integer("count")
        byteCount = try json.integer("bytes")
        stored = try json.integer("crc32c")
        ids = try json.list("ids") { entry throws(JSONFieldError) in
            let ends = (entry.array ?? []).compactMap { $0.int64.flatMap(UInt32.init(exactly:)) }
            guard ends.count == 2, entry.array?.count == 2, ends[0] <= ends[1] else {
                throw JSONFieldError(problem: "is not [first, last] of request ids")
            }
            return ends[0]...ends[1]
        }
        var before: Int64 = -1
        var total: Int64 = 0
        for range in ids {
            guard Int64(range.lowerBound) > before else {
                throw JSONFieldError(problem: "has `ids` that do not rise")
            }
            before = Int64(range.upperBound)
            total += Int64(range.count)
        }
        guard total == Int64(count) else {
            throw JSONFieldError(problem: "has a `count` of \(count) and `ids` of \(total)")
        }
    }
}
