import Workload

/// Deals an agent's sessions to its targets in turn: a session stays on one server, whose prefix
/// cache may hold its earlier turns.
///
/// Sessions that name a model go to the targets of that model where there are any, else to all of
/// them.
package struct SessionTargets: Sendable {
    private let all: [UInt16]
    /// The targets of each model that requests name.
    private let ofModel: [[UInt16]]
    /// How many sessions were dealt, by the model that they name.
    private var dealt: [UInt16?: Int] = [:]
    private var targetOfSession: [UInt32: UInt16] = [:]
    private let rounds: PlanRounds?

    /// - Parameters:
    ///   - models: the model that each target is asked for; empty where that is not known.
    ///   - named: models that requests name by their indices.
    ///   - rounds: the plan's later rounds, whose sessions go where those of the plan go.
    init(models: [String], named: [String], rounds: PlanRounds? = nil) {
        self.rounds = rounds
        let all = models.indices.map { UInt16($0) }
        self.all = all
        ofModel = named.map { name in
            let own = all.filter { models[Int($0)] == name }
            return own.isEmpty ? all : own
        }
    }

    /// The index of a request's target; the next in turn for a session that was not seen before.
    mutating func targetIndex(of request: PlannedRequest) -> Int {
        let session = rounds.map { request.session % $0.sessions } ?? request.session
        if let targetIndex = targetOfSession[session] { return Int(targetIndex) }
        let choice = request.modelIndex.map { ofModel[Int($0)] } ?? all
        guard !choice.isEmpty else { return 0 }
        let turn = dealt[request.modelIndex, default: 0]
        dealt[request.modelIndex] = turn + 1
        let targetIndex = choice[turn % choice.count]
        targetOfSession[session] = targetIndex
        return Int(targetIndex)
    }
}
