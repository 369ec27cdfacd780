package import ClockSync
package import Timeline

/// Probe exchanges with one agent, as a file of comma-separated values has them: a line of column
/// names, then a row an exchange, stamps in ns.
///
/// The columns are found by their names, in any order; others are not read.
package struct ProbeFile: Hashable, Sendable {
    /// As the file orders them.
    package let exchanges: [ClockExchange]
    /// The data that a fit is made from: a file has no readings of the agent's other clocks.
    package var evidence: ClockFits.Evidence { ClockFits.Evidence(exchanges: exchanges) }

    static let columns = ["train", "member", "t1", "t2", "t3", "t4"]

    /// - Throws: ``FileProblem`` with line and column for a column that is missing, a row that is
    ///   no row, stamps of one exchange that contradict themselves, an exchange that stands twice,
    ///   and for a file without exchanges.
    /// - Complexity: O(bytes) expected.
    package init(parsing bytes: [UInt8], path: String) throws(FileProblem) {
        var table = IntegerTable(bytes, path: path)
        guard table.advance() else {
            throw FileProblem(
                .content, path,
                "is empty; it needs the columns \(Self.columns.joined(separator: ","))")
        }
        let width = table.fields.count
        let positions = try Self.positions(table)
        var exchanges: [ClockExchange] = []
        var lines: [Position: Int] = [:]
        while table.advance() {
            guard table.fields.count == width else {
                throw table.problem(
                    at: min(width, table.fields.count),
                    "the row has \(table.fields.count) fields where the first line has \(width)")
            }
            let exchange = try Self.exchange(table, positions)
            let position = Position(train: exchange.train, member: exchange.member)
            if let before = lines.updateValue(table.line, forKey: position) {
                throw table.problem(
                    at: positions[0],
                    "member \(exchange.member) of train \(exchange.train) stands in line \(before) "
                        + "already; number trains and their members once each")
            }
            exchanges.append(exchange)
        }
        guard !exchanges.isEmpty else {
            throw FileProblem(
                .content, path, "holds column names and no exchange, so there is nothing to fit")
        }
        self.exchanges = exchanges
    }

    private struct Position: Hashable {
        var train: UInt32
        var member: UInt16
    }

    /// Where each of ``columns`` stands.
    private static func positions(_ table: IntegerTable) throws(FileProblem) -> [Int] {
        let names = table.fields.indices.map(table.text)
        var positions: [Int] = []
        for column in columns {
            let found = names.indices.filter { names[$0] == column }
            guard let position = found.first else {
                throw table.problem(
                    at: table.fields.count,
                    "there is no column `\(column)`; the first line must name "
                        + columns.joined(separator: ","))
            }
            guard found.count == 1 else {
                throw table.problem(at: found[1], "a second column is named `\(column)`")
            }
            positions.append(position)
        }
        return positions
    }

    private static func exchange(
        _ table: IntegerTable, _ positions: [Int]
    ) throws(FileProblem) -> ClockExchange {
        let train = try table.integer(positions[0], "train")
        let member = try table.integer(positions[1], "member")
        guard let train = UInt32(exactly: train) else {
            throw table.problem(at: positions[0], "`train` lies outside 0 to \(UInt32.max)")
        }
        guard let member = UInt16(exactly: member) else {
            throw table.problem(at: positions[1], "`member` lies outside 0 to \(UInt16.max)")
        }
        let exchange = ClockExchange(
            train: train, member: member, t1: try table.integer(positions[2], "t1"),
            t2: try table.integer(positions[3], "t2"), t3: try table.integer(positions[4], "t3"),
            t4: try table.integer(positions[5], "t4"))
        if exchange.t4 < exchange.t1 {
            throw table.problem(
                at: positions[5], "`t4` lies before `t1`: the reply came before the probe was sent")
        }
        if exchange.t3 < exchange.t2 {
            throw table.problem(
                at: positions[4], "`t3` lies before `t2`: the reply was sent before the probe came")
        }
        guard exchange.roundTripNs != nil, exchange.offsetNs != nil else {
            throw table.problem(
                at: positions[2],
                "the agent held the probe for longer than the exchange took, or the stamps lie "
                    + "further apart than 64 bits hold: such stamps are no exchange")
        }
        return exchange
    }
}

/// Instants of an agent's clock to map: the first column of a file, with the true time of the
/// coordinator's clock where a second one is named `coord_ns`.
package struct InstantFile: Hashable, Sendable {
    package let agentNs: [Int64]
    /// One each; nil where the file does not say.
    package let coordinatorNs: [Int64]?

    /// - Throws: ``FileProblem`` with line and column for what is no whole number of 64 bits.
    package init(parsing bytes: [UInt8], path: String) throws(FileProblem) {
        var table = IntegerTable(bytes, path: path)
        var instants: [Int64] = []
        var truths: [Int64] = []
        var truth: Int?
        var isFirst = true
        while table.advance() {
            defer { isFirst = false }
            // A first line that begins with no number names the columns.
            if isFirst, !table.isNumber(0) {
                truth = table.fields.indices.first { table.text($0) == "coord_ns" }
                continue
            }
            instants.append(try table.integer(0, "agent_ns"))
            if let truth {
                guard truth < table.fields.count else {
                    throw table.problem(at: truth, "`coord_ns` is missing; write a whole number")
                }
                truths.append(try table.integer(truth, "coord_ns"))
            }
        }
        agentNs = instants
        coordinatorNs = truth == nil ? nil : truths
    }
}
