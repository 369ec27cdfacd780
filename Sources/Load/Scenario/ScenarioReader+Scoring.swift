internal import Goodput
internal import Workload

extension ScenarioReader {
    /// The scoring of the run: preset, then reader, then bounds.
    func scoring(_ top: SectionReader) -> ScoringParameters {
        var base = preset(top)?.parameters ?? .default
        if let section = top.section("reader") { base = reader(section, base: base) }
        if let section = top.section("goodput") {
            base.objectives = Objectives(
                ttft: section.span("ttft"), tpot: section.span("tpot"), tbt: section.span("tbt"),
                e2e: section.span("e2e"))
        }
        return base
    }

    /// The scoring of the class that nobody reads, where the plan has one beside the scenario's.
    func agentScoring(
        _ top: SectionReader, _ spec: WorkloadSpec, _ scoring: ScoringParameters
    ) -> [ScoringParameters] {
        var base = ScoringParameters.agent
        base.objectives = scoring.objectives
        let own = top.section("agent reader").map { reader($0, base: base) }
        guard spec.planClassNames.count > spec.classes.count else {
            if top.has("agent reader") {
                let name = WorkloadSpec.unreadClass
                top.refuse(
                    "agent reader",
                    spec.leavesUnread
                        ? "has no meaning beside a class `\(name)`: give that class its `reader`"
                        : "has no meaning where every answer is read: no class has such `steps`")
            }
            return []
        }
        return [own ?? base]
    }

    private func preset(_ section: SectionReader) -> Preset? {
        section.choice("preset").flatMap(Preset.init(rawValue:))
    }

    /// `base` with the fields of a `reader:`; a preset of its own replaces the base, bounds aside.
    func reader(_ section: SectionReader, base: ScoringParameters) -> ScoringParameters {
        var result = base
        if let own = preset(section) {
            result = own.parameters
            result.objectives = base.objectives
        }
        if let speed = section.quantity("speed", .speed) {
            if speed > ScoringParameters.fastestReader {
                section.refuse("speed", "is above a thousand tokens in a nanosecond")
            } else if speed >= ScoringParameters.slowestReader {
                result.readingSpeed = speed
            } else {
                section.refuse("speed", "is below one token in thirty years")
            }
        }
        result.ttftBudget = section.span("ttft", allowsZero: true) ?? result.ttftBudget
        switch section.choice("anchor") {
        case "arrival"?: result.anchor = .arrival
        case "first token"?: result.anchor = .firstToken
        default: break
        }
        result.alpha = section.number("alpha", { $0 >= 0 }, "at least 0") ?? result.alpha
        if let name = section.choice("incomplete"), let policy = IncompletePolicy(rawValue: name) {
            result.incomplete = policy
        }
        if let name = section.choice("reads"), let part = ReadPart(rawValue: name) {
            result.reads = part
        }
        if let kind = section.choice("penalty"), let penalty = Penalty(kind: kind) {
            result.penalty = penalty
        }
        refine(&result.penalty, section)
        return result
    }

    private func refine(_ penalty: inout Penalty, _ section: SectionReader) {
        let exponent = section.number("exponent", { $0 > 0 }, "positive")
        let tau = section.quantity("tau", .span)
        let grace = section.quantity("grace", .span, allowsZero: true)
        // Fields of a penalty that could not be read belong to it, perhaps.
        let kindIsKnown = !section.isWrong("penalty") && !section.isWrong("preset")
        func unused(_ key: String, _ owners: String) {
            if kindIsKnown, section.has(key) {
                section.report(
                    key, "`\(key)` belongs to \(owners), but the penalty is `\(penalty.kind)`")
            }
        }
        switch penalty {
        case .power:
            if let exponent { penalty = .power(exponent: exponent) }
            unused("tau", "`exponential` and `fraction`")
            unused("grace", "`hinge`")
        case .exponential, .fraction:
            if let tau {
                penalty = penalty.kind == "fraction" ? .fraction(tau: tau) : .exponential(tau: tau)
            }
            unused("exponent", "`power`")
            unused("grace", "`hinge`")
        case .hinge:
            if let grace { penalty = .hinge(grace: grace) }
            unused("exponent", "`power`")
            unused("tau", "`exponential` and `fraction`")
        case .linear, .step:
            unused("exponent", "`power`")
            unused("tau", "`exponential` and `fraction`")
            unused("grace", "`hinge`")
        }
    }
}
