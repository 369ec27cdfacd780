/// The verdicts that the evidence gives, and what is suspected beside them.
///
/// Every threshold has its reason in the room's article.
struct HoldingJudgement: Hashable, Sendable {
    /// All that apply, at least one.
    private(set) var verdicts: [HoldingVerdict] = []
    private(set) var suspicions: [HoldingSuspicion] = []

    init(_ evidence: HoldingEvidence) {
        if let rhythm = evidence.flushing ?? evidence.grouping {
            verdicts.append(rhythm)
        } else if evidence.looksPaced {
            if evidence.couldBeFrontEnd {
                suspicions.append(.serialFrontEnd)
            } else {
                verdicts.append(.paced)
            }
        }
        let hasRhythm = !verdicts.isEmpty
        if !verdicts.contains(.bytes) {
            if evidence.bursts.first >= 0.5 { verdicts.append(.holdFirst) }
            if evidence.bursts.last >= 0.5 { verdicts.append(.finishBurst) }
        }
        if evidence.wall != nil { verdicts.append(.ttftWall) }
        if !hasRhythm {
            if evidence.isClocked {
                verdicts.append(.clocked)
            } else if evidence.hasEvenGaps {
                suspicions.append(.evenGaps)
            }
            if let pairs = evidence.pairs, pairs.independent >= 0.4, suspicions.isEmpty {
                suspicions.append(.outOfStep)
            }
            if evidence.hasUnexplainedGroups { suspicions.append(.constantGroups) }
        }
        if verdicts.isEmpty { verdicts.append(evidence.showsSteps ? .none : .cannotTell) }
    }
}

extension HoldingEvidence {
    /// Deliveries that come together have one size: time lets go of what has gathered.
    fileprivate var isByTime: Bool {
        sizes.grouped >= 0.3 && (shared.covariation ?? 0) >= 0.5
    }

    fileprivate var flushing: HoldingVerdict? {
        guard isByTime else { return nil }
        return (evenness?.clock ?? 0) >= 0.9 ? .tick : .flush
    }

    /// Several tokens at once, not by time.
    fileprivate var grouping: HoldingVerdict? {
        guard sizes.grouped >= 0.9 else { return nil }
        if isInterval { return .interval }
        let isPhased =
            pairs.map { $0.outOfStep >= 0.4 }
            ?? (sizes.commonest >= 9 && sizes.shareOfCommonest > 0.8 && !comesTogether)
        guard isPhased else { return nil }
        // An engine's event of N tokens, or a proxy that joins N events of one.
        if sizes.events < 2 || (sizes.shareOfCommonest >= 0.95 && sizes.first <= 1) {
            return .interval
        }
        let isFull =
            sizes.commonest >= 4 && sizes.nearCommonest >= 0.95
            && sizes.first >= Double(sizes.commonest - 1)
        return isFull ? .bytes : .flush
    }

    private var isInterval: Bool {
        guard sizes.events < 2, sizes.deliveries >= 60, sizes.least >= 2 else { return false }
        if let pairs {
            return (pairs.outOfStep >= 0.2 && pairs.inStep <= 0.75)
                || (sizes.least >= 4 && pairs.inStep <= 0.3)
        }
        if comesTogether { return false }
        return (sizes.commonest >= 8 && sizes.shareOfCommonest >= 0.98)
            || (sizes.commonest >= 4 && sizes.shareOfCommonest >= 0.99
                && (shared.together ?? 1) <= 0.6)
    }

    /// Streams are in step: several tokens a step, as an engine makes them.
    private var comesTogether: Bool { (shared.together ?? 0) >= 0.75 }

    fileprivate var hasUnexplainedGroups: Bool {
        pairs == nil && sizes.grouped >= 0.9 && sizes.shareOfCommonest >= 0.9 && !comesTogether
    }

    fileprivate var looksPaced: Bool {
        guard sizes.grouped < 0.3, let evenness, evenness.spike >= 0.5, let pairs else {
            return false
        }
        let hasNoLattice = pairs.lattice < 0.6
        if hasNoLattice && pairs.tight >= 0.3 { return true }
        guard pairs.crowd >= 12, let fresh else { return false }
        return
            (hasNoLattice && pairs.independent >= 0.4 && fresh.met <= 0.65
            && fresh.streams >= 15)
            || (pairs.inStep <= 0.3 && fresh.met <= 0.4 && fresh.streams >= 20)
    }

    /// Events that a front end can serve one after the other take up half of the time.
    fileprivate var couldBeFrontEnd: Bool {
        guard let evenness, let pairs else { return false }
        return pairs.crowd * 80_000 >= evenness.theta / 2
    }

    fileprivate var isClocked: Bool {
        guard let evenness, evenness.spike >= 0.9, let effect = load.effect, let pairs else {
            return false
        }
        let isInStep =
            pairs.inStep >= 0.5
            || (pairs.crowd >= 12 && fresh.map { $0.met >= 0.7 && $0.streams >= 20 } ?? false)
        return isInStep && abs(effect) < 0.003
    }

    /// Even gaps of streams that share an engine, so that another's prefill should be felt; where
    /// first tokens were held it is not known when prefills were.
    fileprivate var hasEvenGaps: Bool {
        guard let evenness, evenness.spike >= 0.9, let effect = load.prefillEffect, let pairs,
            pairs.inStep >= 0.5, bursts.first < 0.5
        else { return false }
        return abs(effect) < 0.003
    }

    /// Whether an engine's steps show in the streams, so that holding would, too.
    fileprivate var showsSteps: Bool {
        guard let pairs else { return false }
        return pairs.inStep + pairs.outOfStep >= 0.3
            || (fresh.map { $0.met >= 0.7 && $0.streams >= 15 } ?? false)
    }
}
