/// Labels of one line of metrics, as far as they say whether it counts.
struct MetricLabels {
    /// Behind the closing brace; nil where there is none.
    private(set) var end: Int?
    /// Whether the line is a copy or a part of what another one says.
    ///
    /// SGLang writes a line for each priority beside the one for all, whose `priority` is empty,
    /// and where it is told to one for every rank of a pipeline or a tensor group; ranks that share
    /// nothing have a `dp_rank`.
    var repeats: Bool {
        hasPriority || isLaterStage || (isLaterTensorRank && !hasDataRank)
    }

    private var hasPriority = false
    private var isLaterStage = false
    private var isLaterTensorRank = false
    private var hasDataRank = false

    /// Reads the labels of `line` from `start` on, behind the opening brace.
    init(_ line: UnsafeRawBufferPointer, from start: Int) {
        var position = start
        while position < line.count {
            if line[position] == UInt8(ascii: "}") {
                end = position + 1
                return
            }
            let nameStart = position
            while position < line.count, line[position] != UInt8(ascii: "="),
                line[position] != UInt8(ascii: "}")
            { position += 1 }
            guard position + 1 < line.count, line[position] == UInt8(ascii: "="),
                line[position + 1] == UInt8(ascii: "\"")
            else {
                // A brace at once, or no label at all: the loop's head or the end decide.
                if position < line.count, line[position] == UInt8(ascii: "}") { continue }
                return
            }
            let name = UnsafeRawBufferPointer(rebasing: line[nameStart..<position])
            position += 2
            let valueStart = position
            while position < line.count, line[position] != UInt8(ascii: "\"") {
                position += line[position] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard position < line.count else { return }
            note(name, UnsafeRawBufferPointer(rebasing: line[valueStart..<position]))
            position += 1
            if position < line.count, line[position] == UInt8(ascii: ",") { position += 1 }
        }
    }

    private mutating func note(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        func isNamed(_ word: StaticString) -> Bool {
            name.count == word.utf8CodeUnitCount && name.begins(with: word)
        }
        let isFirst = value.count == 1 && value[0] == UInt8(ascii: "0")
        if isNamed("priority") { hasPriority = !value.isEmpty }
        if isNamed("pp_rank") { isLaterStage = !isFirst }
        if isNamed("tp_rank") { isLaterTensorRank = !isFirst }
        if isNamed("dp_rank") { hasDataRank = true }
    }
}
