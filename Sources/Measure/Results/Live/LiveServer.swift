package import TokenLog

/// A server's own words on its load while the run goes on.
package struct LiveServer: Hashable, Sendable {
    package let agent: Int
    /// Index into the agent's targets.
    package let target: Int
    /// The target's address, or what stands in its place.
    package let name: String
    /// The last figures; nil before there were any.
    package private(set) var last: ServerFigures?
    /// Questions that brought no figures.
    package private(set) var faults = 0
    package private(set) var queue = RunBins<LiveQueue>()

    init(agent: Int, target: Int, name: String) {
        self.agent = agent
        self.target = target
        self.name = name
    }

    mutating func add(_ answer: ScrapeRecord.Answer, second: Int64) {
        switch answer {
        case .fault: faults += 1
        case .figures(let figures):
            last = figures
            var load = LiveQueue()
            load.running = figures.running
            load.waiting = figures.waiting
            load.cache = figures.keyValueUsePPM.map {
                Float($0) / Float(ServerFigures.wholeCachePPM)
            }
            queue.add(load, second: second)
        }
    }
}

/// The servers of a run, in the order in which they were first heard of.
package struct LiveServers: Hashable, Sendable {
    /// The most that are kept: agents name their servers.
    package static let most = 64

    package private(set) var servers: [LiveServer] = []

    package init() {}

    /// An agent's server answered, or did not.
    ///
    /// - Parameters:
    ///   - name: The server's, by its index among the agent's targets.
    ///   - second: The run's.
    package mutating func add(
        _ record: ScrapeRecord, agent: Int, name: (Int) -> String, second: Int64
    ) {
        let target = Int(record.target)
        if let index = servers.firstIndex(where: { $0.agent == agent && $0.target == target }) {
            return servers[index].add(record.answer, second: second)
        }
        guard servers.count < Self.most else { return }
        servers.append(LiveServer(agent: agent, target: target, name: name(target)))
        servers[servers.count - 1].add(record.answer, second: second)
    }
}
