internal import Workload

extension ScenarioReader {
    /// A step as it was written: names are not looked up yet.
    private struct WrittenStep {
        var spec: StepSpec
        var section: SectionReader
        /// Nil: the steps that it continues and includes.
        var after: [(name: String, origin: Origin)]?
        var continues: (name: String, origin: Origin)?
        var includes: [(name: String, origin: Origin)]
        /// Indices, among the steps as written, of those that it waits for.
        var parents: [Int] = []
    }

    /// The steps of a class, each behind those that it needs; none where it has none, or where a
    /// mistake was reported.
    func steps(_ section: SectionReader) -> [StepSpec] {
        guard section.has("steps") else { return [] }
        for key in [
            "input", "output", "lengths", "prompts", "turns", "think", "format",
        ] where section.has(key) {
            section.refuse(key, "has no meaning beside `steps`, which have their own")
        }
        var steps: [WrittenStep] = []
        for each in section.sections("steps") ?? [] {
            if let step = step(each) { steps.append(step) }
        }
        guard section.isSound, lookUp(&steps), let order = order(of: steps) else { return [] }
        return specs(of: steps, in: order)
    }

    private func step(_ section: SectionReader) -> WrittenStep? {
        for key in ["name", "input", "output"] where section.lacks(key) {
            section.report(key, "a step needs `\(key)`")
        }
        let wait = section.parsed("wait") { text throws(QuantityError) in
            let law = try LawText.parse(text, .span)
            guard law.minimum == nil, law.maximum == nil else {
                throw QuantityError(message: "`\(text)` has a bound, which waits have not; drop it")
            }
            return law
        }
        let copies = length(section, "count", dimension: nil)
        let rounds = length(section, "repeat", dimension: nil)
        let input = length(section, "input", dimension: .tokens)
        let output = length(section, "output", dimension: .tokens)
        let prefix = section.tokens("prefix", allowsZero: true)
        let continues = section.filledText("continues")
        let reader = section.choice("reader")
        let after = section.names("after")
        let includes = section.names("includes") ?? []
        guard let name = section.nameText("name"), let input, let output else { return nil }
        if section.has("prefix"), continues != nil {
            section.refuse("prefix", "is the continued step's where a step `continues` one")
        }
        let continued = continues.map { ($0, section.value("continues")?.origin ?? section.origin) }
        let spec = StepSpec(
            name: name, copies: copies ?? .fixed(1), rounds: rounds ?? .fixed(1),
            wait: wait?.law ?? .fixed(0), input: input, output: output, prefixTokens: prefix,
            reading: reader == "class" ? .each : reader == "nobody" ? .nobody : .last)
        return WrittenStep(
            spec: spec, section: section, after: after, continues: continued, includes: includes)
    }

    /// Finds the steps that names are of; false where one is of none.
    private func lookUp(_ steps: inout [WrittenStep]) -> Bool {
        let names = steps.map(\.spec.name)
        for index in steps.indices {
            let step = steps[index]
            if let first = names.firstIndex(of: step.spec.name), first < index {
                step.section.report("name", "there are two steps `\(step.spec.name)`; rename one")
                continue
            }
            func place(_ reference: (name: String, origin: Origin), _ key: String) -> Int? {
                let (name, origin) = reference
                if name == step.spec.name {
                    step.section.fault(
                        key,
                        "step `\(name)` cannot wait for itself; name another one, or write "
                            + "`repeat: N` for a loop", of: origin)
                    return nil
                }
                guard let found = names.firstIndex(of: name) else {
                    let hint =
                        nearestName(to: name, among: names).map { "did you mean `\($0)`?" }
                        ?? "the class has \(names.joined(separator: ", "))"
                    step.section.fault(key, "there is no step `\(name)`; \(hint)", of: origin)
                    return nil
                }
                return found
            }
            let needed =
                step.includes.map { place($0, "includes") }
                + [step.continues].compactMap { $0 }.map { place($0, "continues") }
            let parents = step.after?.map { place($0, "after") } ?? needed
            steps[index].parents = Set(parents.compactMap { $0 }).sorted()
            if parents.isEmpty, step.section.has("wait"), step.spec.rounds.isOne {
                step.section.refuse(
                    "wait",
                    "has no meaning for a step that begins with its session; name what it comes "
                        + "`after`")
            }
        }
        return steps.allSatisfy(\.section.isSound)
    }

    /// Indices of the steps in an order in which each is behind those that it waits for, else as
    /// written; nil where they wait in a circle, which is reported.
    private func order(of steps: [WrittenStep]) -> [Int]? {
        var order: [Int] = []
        var isPlaced = Array(repeating: false, count: steps.count)
        while order.count < steps.count {
            let next = steps.indices.first { index in
                !isPlaced[index] && steps[index].parents.allSatisfy { isPlaced[$0] }
            }
            guard let next else {
                reportCircle(steps, isPlaced)
                return nil
            }
            isPlaced[next] = true
            order.append(next)
        }
        return order
    }

    /// Reports a circle among the steps that could not be placed: each waits for another of them.
    private func reportCircle(_ steps: [WrittenStep], _ isPlaced: [Bool]) {
        guard var step = isPlaced.firstIndex(of: false) else { return }
        var path: [Int] = []
        while !path.contains(step) {
            path.append(step)
            step = steps[step].parents.first { !isPlaced[$0] } ?? step
        }
        // Each member waits for the next one.
        let circle = path[(path.firstIndex(of: step) ?? 0)...]
        let first = circle.min() ?? step
        let turned = circle.drop { $0 != first } + circle.prefix { $0 != first }
        let names = (turned + [first]).map { "`\(steps[$0].spec.name)`" }
        let section = steps[first].section
        section.fault(
            section.has("after") ? "after" : section.has("continues") ? "continues" : "includes",
            "the steps wait for each other in a circle (\(names.joined(separator: " for "))), so "
                + "that none can begin; take one of them out, or write `repeat: N` for a loop")
    }

    /// The specs in `order`, with indices in that order; reports what a step cannot have of others.
    private func specs(of steps: [WrittenStep], in order: [Int]) -> [StepSpec] {
        let names = order.map { steps[$0].spec.name }
        var specs: [StepSpec] = []
        for index in order {
            let step = steps[index]
            var spec = step.spec
            func place(_ name: String) -> Int? { names.firstIndex(of: name) }
            spec.after = step.parents.compactMap { place(steps[$0].spec.name) }.sorted()
            spec.continues = step.continues.flatMap { place($0.name) }
            spec.includes = Set(step.includes.compactMap { place($0.name) }).sorted()
            let isAwaited = steps.contains { $0.parents.contains(index) }
            if spec.reading == .last, isAwaited { spec.reading = .nobody }
            specs.append(spec)
            let behind = ClassSpec(name: "", lengths: nil, steps: specs)
            let needed =
                step.includes.map { ("includes", $0) }
                + [step.continues].compactMap { $0 }.map { ("continues", $0) }
            for (key, (name, origin)) in needed {
                guard let other = place(name), !behind.comes(specs.count - 1, behind: other)
                else { continue }
                step.section.fault(
                    key,
                    "step `\(spec.name)` does not wait for `\(name)`; add `\(name)` to its "
                        + "`after`", of: origin)
            }
            if let other = spec.continues, specs.indices.contains(other),
                !specs[other].copies.isOne
            {
                step.section.fault(
                    "continues",
                    "`\(specs[other].name)` has several copies and no one "
                        + "conversation; continue another step, and take the copies' answers in "
                        + "with `includes`", of: step.continues?.origin)
            }
        }
        return specs
    }
}
