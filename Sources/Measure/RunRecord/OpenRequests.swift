package import TokenLog

/// The requests of a run that have records and no terminal one yet: takes batches in, hands out
/// each request when it is whole, and then forgets all of it but the fact.
///
/// - Complexity: Four bytes a request of the plan, and what the open ones hold; of later rounds
///   that are over, a bit a request, in words of 64. O(1) a record; the tokens of a decoded batch
///   stand by request, so that each request is looked up once a batch.
package struct OpenRequests {
    /// How far a request has come.
    package enum Progress: Hashable, Sendable {
        /// No record of it has come.
        case waiting
        /// It has records, and no terminal one.
        case open
        /// It has its terminal record.
        case finished
    }

    /// Requests that have their terminal record, those of later rounds among them.
    package private(set) var finished = 0
    private var plan: PlanStates
    private let repeats: Bool
    /// Requests of later rounds that have a record.
    private var begun = 0
    /// The slots of those that are open.
    private var laterSlots: [UInt32: Int] = [:]
    private var laterFinished = SparseBits()
    /// Open requests, and ones of no agent whose room is used again.
    private var slots: [MergedRequest] = []
    private var freeSlots: [Int] = []
    private static let noAgent = -1
    /// Most tokens whose room is kept for the next request, 1 MiB.
    private static let keptTokens = 1 << 16

    /// No records yet of requests dealt to `owners`: the agent of each request of the plan, -1 for
    /// none.
    ///
    /// - Parameter repeats: Whether the plan has later rounds, whose requests are of the same
    ///   agents.
    package init(owners: [Int32], repeats: Bool) {
        self.init(PlanStates(owners: owners), repeats: repeats)
    }

    /// As ``init(owners:repeats:)``, of the agents that a ``PlanTable`` knows.
    package init(owners: PagedArray<Int32>, repeats: Bool) {
        self.init(PlanStates(owners: owners), repeats: repeats)
    }

    private init(_ plan: PlanStates, repeats: Bool) {
        self.plan = plan
        self.repeats = repeats && plan.count > 0
    }

    /// Requests that have records and no terminal one.
    package var openCount: Int { slots.count - freeSlots.count }

    /// Whether every request has its terminal record, of the plan and of later rounds that began.
    package var isComplete: Bool { finished == plan.count + begun }

    /// How far the request `id` has come; nil where none of that id was planned or recorded.
    package func progress(of id: UInt32) -> Progress? {
        switch Int(id) < plan.count ? plan[Int(id)] : laterState(of: id) {
        case .waiting: .waiting
        case .open: .open
        case .finished: .finished
        case nil: nil
        }
    }

    /// The open requests of `agent`, or of all, by id: as far as their records go.
    ///
    /// - Complexity: O(n log n) for n open requests of all agents.
    package func open(of agent: Int? = nil) -> [MergedRequest] {
        slots.filter { $0.agent != Self.noAgent && $0.agent == agent ?? $0.agent }
            .sorted { $0.id < $1.id }
    }

    /// Ends the open requests of `agent` without their terminal records: what is known of them, by
    /// id.
    package mutating func takeOpen(of agent: Int) -> [MergedRequest] {
        let taken = open(of: agent)
        for (slot, request) in slots.enumerated() where request.agent == agent {
            settle(request.id, agent: agent)
            free(slot)
        }
        return taken
    }

    /// Ends a request of the plan that waits, without any record.
    package mutating func close(_ id: UInt32) {
        guard Int(id) < plan.count, case .waiting(let owner) = plan[Int(id)] else {
            preconditionFailure("a request that was never due is closed")
        }
        settle(id, agent: owner)
    }

    /// Takes in a batch of one agent's records; batches in their order.
    ///
    /// - Parameter finished: Gets each request that the batch ends, in the order of the terminal
    ///   records. Its arrays are used again afterwards: what is copied of it and kept costs their
    ///   room anew.
    /// - Throws: ``MergeFault`` for the first record that does not fit, those before it are taken
    ///   in; whatever `finished` throws, the request being forgotten then, too.
    package mutating func add<Failure>(
        _ batch: LogBatch, agent: Int,
        finished: (inout MergedRequest) throws(Failure) -> Void
    ) throws {
        for sent in batch.sent { try add(sent, agent: agent) }
        try addTokens(of: batch, agent: agent)
        for finish in batch.finishes {
            let slot = try end(finish, agent: agent)
            defer { free(slot) }
            try finished(&slots[slot])
        }
    }

    private mutating func add(_ sent: SentRecord, agent: Int) throws(MergeFault) {
        beginAgain(sent.request, agent: agent)
        let slot = try openSlot(of: sent.request, agent: agent, over: .afterFinish(sent.request))
        guard slots[slot].sent == nil else { throw .secondSend(sent.request) }
        slots[slot].sent = sent
    }

    /// Adds the tokens by runs of one request, with their raw stamps.
    private mutating func addTokens(of batch: LogBatch, agent: Int) throws(MergeFault) {
        try batch.tokens.withUnsafeBufferPointer { tokens throws(MergeFault) in
            var begin = 0
            while begin < tokens.count {
                let id = tokens[begin].request
                let slot = try openSlot(of: id, agent: agent, over: .afterFinish(id))
                var end = begin
                var last = slots[slot].tokens.last?.stamp ?? tokens[begin].stamp
                while end < tokens.count, tokens[end].request == id, tokens[end].stamp >= last {
                    last = tokens[end].stamp
                    end += 1
                }
                slots[slot].tokens.append(
                    contentsOf: UnsafeBufferPointer(rebasing: tokens[begin..<end]))
                if end <= batch.delays.count {
                    slots[slot].delays.append(contentsOf: batch.delays[begin..<end])
                }
                if end < tokens.count, tokens[end].request == id { throw .backwards(id) }
                begin = end
            }
        }
    }

    /// Ends a request; it stays in its slot.
    private mutating func end(_ finish: FinishRecord, agent: Int) throws(MergeFault) -> Int {
        let id = finish.request
        let slot = try openSlot(of: id, agent: agent, over: .secondFinish(id))
        slots[slot].finish = finish
        settle(id, agent: agent)
        return slot
    }

    private mutating func settle(_ id: UInt32, agent: Int) {
        finished += 1
        if Int(id) < plan.count {
            plan[Int(id)] = .finished(owner: agent)
        } else {
            laterSlots[id] = nil
            laterFinished.insert(id)
        }
    }

    // MARK: Where a request stands

    /// The slot of the request `id`, which is opened where it has no record yet.
    ///
    /// - Parameter fault: Why a record of it is one too many once it is finished.
    private mutating func openSlot(
        of id: UInt32, agent: Int, over fault: @autoclosure () -> MergeFault
    ) throws(MergeFault) -> Int {
        let state: PlanStates.State
        if Int(id) < plan.count {
            state = plan[Int(id)]
        } else {
            guard let later = laterState(of: id) else { throw .unknownRequest(id) }
            state = later
        }
        switch state {
        case .open(let slot):
            guard slots[slot].agent == agent else { throw .notOfThisAgent(id) }
            return slot
        case .waiting(let owner):
            guard owner == agent else { throw .notOfThisAgent(id) }
            let slot = newSlot(id, agent: agent)
            plan[Int(id)] = .open(slot: slot)
            return slot
        case .finished(let owner):
            throw owner == agent ? fault() : .notOfThisAgent(id)
        }
    }

    /// A request of a later round is known by its first record, which says that it was due.
    private mutating func beginAgain(_ id: UInt32, agent: Int) {
        guard repeats, Int(id) >= plan.count, laterState(of: id) == nil,
            laterOwner(of: id) == agent
        else { return }
        laterSlots[id] = newSlot(id, agent: agent)
        begun += 1
    }

    private func laterState(of id: UInt32) -> PlanStates.State? {
        if let slot = laterSlots[id] { return .open(slot: slot) }
        return laterFinished.contains(id) ? .finished(owner: laterOwner(of: id)) : nil
    }

    /// The agent of the request of the plan that the request `id` repeats.
    private func laterOwner(of id: UInt32) -> Int {
        switch plan[Int(id) % plan.count] {
        case .open(let slot): slots[slot].agent
        case .waiting(let owner), .finished(let owner): owner
        }
    }

    // MARK: Slots

    private mutating func newSlot(_ id: UInt32, agent: Int) -> Int {
        guard let slot = freeSlots.popLast() else {
            slots.append(MergedRequest(id: id, agent: agent))
            return slots.count - 1
        }
        slots[slot].id = id
        slots[slot].agent = agent
        return slot
    }

    private mutating func free(_ slot: Int) {
        let keeps = slots[slot].tokens.capacity <= Self.keptTokens
        slots[slot].agent = Self.noAgent
        slots[slot].sent = nil
        slots[slot].tokens.removeAll(keepingCapacity: keeps)
        slots[slot].delays.removeAll(keepingCapacity: keeps)
        slots[slot].finish = nil
        freeSlots.append(slot)
    }
}
