/// The name of an agent where nobody says.
package enum AgentName {
    /// The host's name or, in a step of Slurm, the node's, which is another where nodes share a
    /// host; with the task's number where a node has several tasks of the step.
    ///
    /// - Parameter environment: the process's, as Slurm sets it (srun(1), output environment
    ///   variables).
    package static func standard(environment: [String: String], host: String) -> String {
        guard environment["SLURM_JOB_ID"] != nil, let node = environment["SLURMD_NODENAME"],
            !node.isEmpty
        else { return host }
        guard tasksOfThisNode(environment) > 1,
            let task = environment["SLURM_PROCID"] ?? environment["SLURM_LOCALID"], !task.isEmpty
        else { return node }
        return "\(node)-\(task)"
    }

    /// Tasks of this step on this node; 1 where nothing says so.
    private static func tasksOfThisNode(_ environment: [String: String]) -> Int {
        // A task that is not its node's first proves that there are several.
        let local = environment["SLURM_LOCALID"].flatMap { Int($0) } ?? 0
        let lists = ["SLURM_STEP_TASKS_PER_NODE", "SLURM_TASKS_PER_NODE"]
        let counts = lists.lazy.compactMap { environment[$0].flatMap(Self.counts) }.first
        let node = environment["SLURM_NODEID"].flatMap { Int($0) } ?? 0
        let listed = counts.flatMap { counts in
            counts.indices.contains(node) ? counts[node] : counts.max()
        }
        let asked = environment["SLURM_NTASKS_PER_NODE"].flatMap { Int($0) }
        return max(local + 1, listed ?? asked ?? 1)
    }

    /// Slurm's short form of a count a node: `2(x3),1` is 2, 2, 2, 1; nil for anything else.
    private static func counts(_ text: String) -> [Int]? {
        var counts: [Int] = []
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "(", maxSplits: 1)
            guard let count = Int(sides[0]) else { return nil }
            guard sides.count == 2 else {
                counts.append(count)
                continue
            }
            guard sides[1].hasPrefix("x"), sides[1].hasSuffix(")"),
                let times = Int(sides[1].dropFirst().dropLast()), (1...65_536).contains(times)
            else { return nil }
            counts += Array(repeating: count, count: times)
        }
        return counts.isEmpty ? nil : counts
    }
}
