import Glibc

extension SteadyState {
    /// The steady state of a stage; the first reason against it decides.
    ///
    /// - Parameters:
    ///   - waiting: B_j: the mean number of requests that waited for a first token, by bin of the
    ///     span; empty where the span has no bins.
    ///   - paces: p_j: the lower median of the time per token by bin, in any one unit; 0 for none.
    ///   - arrivals: Σ cos(π k u) over the requests of [s0, s1), k = 1...24.
    package init(
        _ span: ArrivalSpan, waiting: [Double], paces: [Double], arrivals: [Double]
    ) {
        self.init(.stages)
        guard span.load != .changing else { return }
        seen = span.used
        guard span.used >= 30, !span.levels.isEmpty else {
            verdict = .tooShort(span.isCut ? .unfinished : .count)
            return
        }
        let rate = Double(span.used - 1) / span.seconds
        arrivalRate = rate
        setBacklog(waiting, width: span.seconds / Double(BinLevels.bins))
        if !span.load.isClosed, let growth = backlogGrowth, growth >= 0.03 * rate,
            backlog[3] > backlog[2], backlog[2] > backlog[1], backlog[3] >= 10
        {
            verdict = .overloaded
            return
        }
        let first = span.firstBin
        window = span.window
        requests = span.windowRequests
        residence = span.residence
        inFlight = span.levels[first...].reduce(0, +) / Double(BinLevels.bins - first)
        needs = 12 * span.residence
        bin = first
        let stays = (length ?? 0) / (1.5 * span.residence)
        let cosines = Int(min(24, stays.isNaN ? 24 : stays.rounded(.down)))
        guard span.windowRequests >= 30 else {
            verdict = .tooShort(.count)
            return
        }
        guard cosines >= 8 else {
            self.cosines = cosines
            verdict = .tooShort(.residence)
            return
        }
        guard
            let curve = PaceCurve(
                levels: span.levels, paces: paces, from: first, cosines: cosines,
                isClosed: span.load.isClosed)
        else {
            verdict = .tooShort(.count)
            return
        }
        self.cosines = cosines
        set(curve, residence: span.residence)
        let early = arrivals.prefix(12)
        let noise = early.dropFirst(2).reduce(0) { $0 + $1 * $1 } / 10
        let slow = early.prefix(2).reduce(0) { $0 + $1 * $1 } / 2
        let p = noise < 1e-9 * Double(span.used) ? 1 : StudentT.tail(ofF: slow / noise, dof: 10)
        arrivalP = p
        arrivalsGrew = (early.first ?? 0) < 0
        verdict = verdict(curve, arrivalP: p)
    }

    /// The growth of the backlog by least squares over the second half, and its quarters.
    private mutating func setBacklog(_ waiting: [Double], width: Double) {
        let quarter = BinLevels.bins / 4
        backlog = (0..<4).map { index in
            waiting[index * quarter..<(index + 1) * quarter].reduce(0, +) / Double(quarter)
        }
        let half = BinLevels.bins / 2
        let middle = Double(half) + Double(half - 1) / 2
        let mean = waiting[half...].reduce(0, +) / Double(half)
        var rise = 0.0
        var run = 0.0
        for bin in half..<BinLevels.bins {
            let x = Double(bin) - middle
            rise += x * (waiting[bin] - mean)
            run += x * x
        }
        backlogGrowth = rise / run / width
    }

    private mutating func set(_ curve: PaceCurve, residence: Double) {
        elasticity = max(0.1, min(1, 1 - curve.beta))
        let memory = residence / (elasticity ?? 1)
        relaxation = memory
        needs = max(12 * residence, 5 * memory)
        paceP = curve.p
        paceRange = exp(curve.range) - 1
        paceChange = exp(curve.change) - 1
    }

    private func verdict(_ curve: PaceCurve, arrivalP: Double) -> Verdict {
        if let length, let relaxation, length < 5 * relaxation { return .tooShort(.relaxation) }
        if let bin, bin > 21 { return .drifting(.late) }
        if arrivalP < 0.01 { return .drifting(.arrivals) }
        if curve.p < 0.005, curve.range > 0.05 { return .drifting(.pace) }
        if curve.range > 0.12 { return .tooShort(.pace) }
        return .steady
    }
}

/// How the time per token moved in a window, and how much of that the number in flight explains.
struct PaceCurve {
    /// How the logarithm of the time per token rises with that of the number in flight.
    let beta: Double
    /// The chance of so slow a movement of what the load does not explain.
    let p: Double
    /// The slow movement's change from the begin to the end, and its range, as logarithms.
    let change: Double
    let range: Double

    /// nil where fewer than 30 bins from `first` on have both a load and a time per token.
    init?(levels: [Double], paces: [Double], from first: Int, cosines: Int, isClosed: Bool) {
        let bins = (first..<levels.count).filter { paces[$0] > 0 && levels[$0] > 0 }
        guard bins.count >= 30 else { return nil }
        let u = bins.map { (Double($0 - first) + 0.5) / Double(levels.count - first) }
        func moments(_ values: [Double]) -> [Double] {
            let mean = values.reduce(0, +) / Double(values.count)
            return (1...cosines).map { k in
                zip(values, u).reduce(0) { $0 + ($1.0 - mean) * cos(.pi * Double(k) * $1.1) }
            }
        }
        let load = moments(bins.map { log(levels[$0]) })
        let pace = moments(bins.map { log(paces[$0]) })
        let slow = cosines / 4
        let square = load[slow...].reduce(0) { $0 + $1 * $1 }
        let product = zip(load, pace).dropFirst(slow).reduce(0) { $0 + $1.0 * $1.1 }
        let beta = isClosed || square == 0 ? 0 : product / square
        let rest = zip(load, pace).map { $1 - beta * $0 }
        let noise = rest[slow...].reduce(0) { $0 + $1 * $1 } / Double(cosines - slow - 1)
        let signal = (rest[0] * rest[0] + rest[1] * rest[1]) / 2
        p =
            noise == 0 && signal == 0
            ? 1 : StudentT.tail(ofF: signal / noise, dof: cosines - slow - 1)
        let curve = u.map { u in
            2 / Double(bins.count)
                * (rest[0] * cos(.pi * u) + rest[1] * cos(2 * .pi * u))
        }
        self.beta = beta
        change = (curve.last ?? 0) - (curve.first ?? 0)
        range = (curve.max() ?? 0) - (curve.min() ?? 0)
    }
}
