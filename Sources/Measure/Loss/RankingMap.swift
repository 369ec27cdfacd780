/// The ranking of runs over the plane of reading speed S and weight alpha: in each column the upper
/// envelope of one line a run, exact.
package struct RankingMap: Hashable, Sendable {
    /// The best run from a weight on, up to the weight of the next one.
    package struct Lead: Hashable, Sendable {
        /// The run's index.
        package var run: Int
        /// alpha, at least 0: there it draws level with the one before.
        package var from: Double
    }

    /// The runs' surfaces, at least one.
    package let surfaces: [Surface]
    /// At each of ``Surface/speeds`` the leads by weight, rising; the first is from 0 on, and the
    /// last one has no end.
    package let columns: [[Lead]]

    /// Compares `surfaces`, at least one. O(runs² · speeds).
    ///
    /// Where runs are equal, the first one leads.
    package init(_ surfaces: [Surface]) {
        precondition(!surfaces.isEmpty, "a ranking has a run")
        self.surfaces = surfaces
        columns = Surface.speeds.indices.map { Self.envelope(surfaces, column: $0) }
    }

    private static func envelope(_ surfaces: [Surface], column: Int) -> [Lead] {
        func penalty(_ run: Int) -> Double { surfaces[run].penalties[column] }
        // By throughput, then by penalty, then by order.
        var leader = 0
        for run in surfaces.indices {
            let more = surfaces[run].throughput - surfaces[leader].throughput
            if more > 0 || (more == 0 && penalty(run) < penalty(leader)) { leader = run }
        }
        var leads = [Lead(run: leader, from: 0)]
        while true {
            var next: Lead?
            for run in surfaces.indices where penalty(run) < penalty(leader) {
                // A penalty that is infinite loses at once.
                let alpha =
                    (surfaces[leader].throughput - surfaces[run].throughput)
                    / (penalty(leader) - penalty(run))
                guard let best = next else {
                    next = Lead(run: run, from: alpha)
                    continue
                }
                if alpha < best.from
                    || (alpha == best.from && penalty(run) < penalty(best.run))
                {
                    next = Lead(run: run, from: alpha)
                }
            }
            guard let next else { return leads }
            leader = next.run
            leads.append(Lead(run: next.run, from: max(next.from, leads[leads.count - 1].from)))
        }
    }

    /// The best run at a speed and a weight; where two change places, the one up to there.
    package func best(column: Int, alpha: Double) -> Int {
        let leads = columns[column]
        return (leads.last { $0.from < alpha } ?? leads[0]).run
    }
}
