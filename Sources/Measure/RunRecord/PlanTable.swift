import TokenLog
package import Workload

/// A planned request as its results need it: without its prompt. 32 bytes.
package struct PlanRow: Hashable, Sendable {
    package var session: UInt32
    package var inputTokens: UInt32
    package var outputTokens: UInt32
    package var turn: UInt16
    package var classIndex: UInt16
    package var modelIndex: UInt16?
    package var isScored: Bool
    package var usesTexts: Bool
    /// The least number for none.
    private var scheduled: Int64

    package init(_ request: PlannedRequest) {
        session = request.session
        inputTokens = request.inputTokens
        outputTokens = request.outputTokens
        turn = request.turn
        classIndex = request.classIndex
        modelIndex = request.modelIndex
        isScored = request.phase == .scored
        usesTexts = request.usesTexts
        scheduled = request.scheduledNs ?? .min
    }

    /// As ``PlannedRequest/scheduledNs``.
    package var scheduledNs: Int64? { scheduled == .min ? nil : scheduled }
}

/// The plan of a run as it was dealt: each request's row, and whose it is.
///
/// 36 bytes a request whose chunk was read: nothing for the others, however many the opening says
/// there are.
package struct PlanTable: Sendable {
    /// The agent of each request, by its index in the plan; ``nobody`` for one whose chunk was not
    /// read.
    package private(set) var owners: PagedArray<Int32>
    private var table: PagedArray<PlanRow?>
    private let rounds: PlanRounds?

    package static let nobody: Int32 = -1

    /// The table of a plan of `requests` requests, none of which is dealt yet.
    package init(requests: Int, rounds: PlanRounds?) {
        self.rounds = rounds
        owners = PagedArray(repeating: Self.nobody, count: requests)
        table = PagedArray(repeating: nil, count: requests)
    }

    /// Requests of the plan, those that nobody was dealt included.
    package var count: Int { table.count }
    /// Whether requests come again in later rounds.
    package var repeats: Bool { rounds != nil }

    /// Takes in requests that were dealt to `agent`.
    ///
    /// - Returns: Whether all of them are of the plan, and of nobody else.
    package mutating func deal(_ requests: [PlannedRequest], to agent: Int) -> Bool {
        for request in requests {
            let index = Int(request.index)
            guard table.indices.contains(index), owners[index] == Self.nobody else { return false }
            owners[index] = Int32(agent)
            table[index] = PlanRow(request)
        }
        return true
    }

    /// The request `id`, of whichever round; nil for one that is not of the plan, or whose chunk
    /// was not read.
    package func row(_ id: UInt32) -> PlanRow? {
        if Int(id) < table.count { return table[Int(id)] }
        guard let rounds, Int(rounds.requests) == table.count else { return nil }
        let (index, round) = rounds.position(of: id)
        guard var row = table[Int(index)] else { return nil }
        row.session = row.session &+ round &* rounds.sessions
        return row
    }

    /// Whether every chunk was read.
    package var isWhole: Bool { !owners.contains(Self.nobody) }

    /// The agent of the request `id`, of whichever round; ``nobody`` where it is not known.
    package func owner(of id: UInt32) -> Int32 {
        if Int(id) < owners.count { return owners[Int(id)] }
        guard let rounds, Int(rounds.requests) == owners.count else { return Self.nobody }
        return owners[Int(rounds.position(of: id).index)]
    }

    /// The planned requests whose chunks were read.
    package var rows: some Sequence<PlanRow> { table.lazy.compactMap(\.self) }

    /// The planned requests of `agent`, rising.
    package func requests(of agent: Int) -> some Sequence<UInt32> {
        owners.indices.lazy.filter { owners[$0] == Int32(agent) }.map { UInt32($0) }
    }
}
