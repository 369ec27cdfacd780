/// The parts of a run whose gaps have percentiles of their own: each set of cells once.
struct GapParts: Sendable {
    /// The cells of each part; the first one is the whole.
    private(set) var cells: [[Int]] = []
    /// The part of each agent and of each class, as an index of ``cells``.
    private(set) var agents: [Int] = []
    private(set) var classes: [Int] = []
    private var known: [[Int]: Int] = [:]

    init(_ cells: [RunScoring.Group: Int], agents: Int, classes: Int) {
        let ordered = cells.sorted { $0.value < $1.value }
        _ = part(ordered.map(\.value))
        var ofAgents = [[Int]](repeating: [], count: agents)
        var ofClasses = [[Int]](repeating: [], count: classes)
        for (group, cell) in ordered {
            ofAgents[group.agent].append(cell)
            ofClasses[group.classIndex].append(cell)
        }
        self.agents = ofAgents.map { part($0) }
        self.classes = ofClasses.map { part($0) }
    }

    private mutating func part(_ cells: [Int]) -> Int {
        if let index = known[cells] { return index }
        self.cells.append(cells)
        known[cells] = self.cells.count - 1
        return self.cells.count - 1
    }
}
