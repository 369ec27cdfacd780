import Testing

@testable import Workload

@Suite struct ModelMixTests {
    private func spec(_ models: [ModelMix?], requests: UInt32 = 4_000) -> WorkloadSpec {
        var classes = [
            ClassSpec(
                name: "a",
                lengths: .independent(
                    input: TokenLength(.uniform(low: 1, high: 99)), output: .fixed(3)),
                turns: TokenLength(.uniform(low: 1, high: 3))),
            ClassSpec(
                name: "b", lengths: .independent(input: .fixed(4), output: .fixed(3))),
        ]
        for (index, mix) in models.enumerated() { classes[index].models = mix }
        return WorkloadSpec(
            stages: [StageSpec(load: .open(.poisson(rate: 4)), requests: requests)],
            classes: classes)
    }

    private let mix = ModelMix([
        .init(model: "base", weight: 75), .init(model: "adapter-a", weight: 25),
    ])

    @Test func `a session stays on one model, drawn by the weights from the seed`() throws {
        let plan = try WorkloadPlan.make(spec([mix, nil]), seed: 7)
        #expect(plan.modelNames == ["base", "adapter-a"])
        var models: [UInt32: UInt16?] = [:]
        for request in plan.requests {
            if let known = models[request.session] { #expect(known == request.modelIndex) }
            models[request.session] = request.modelIndex
            #expect((request.modelIndex == nil) == (request.classIndex == 1))
        }
        let drawn = models.values.compactMap { $0 }
        let share = Double(drawn.count { $0 == 0 }) / Double(drawn.count)
        // The bound is four standard deviations for some thousand sessions.
        #expect(abs(share - 0.75) < 4 * (0.75 * 0.25 / Double(drawn.count)).squareRoot())
        #expect(try WorkloadPlan.make(spec([mix, nil]), seed: 7) == plan)
        #expect(try WorkloadPlan.make(spec([mix, nil]), seed: 8) != plan)
    }

    @Test func `a model moves no other draw`() throws {
        var with = try WorkloadPlan.make(spec([mix, ModelMix("x")]), seed: 7)
        let without = try WorkloadPlan.make(spec([nil, nil]), seed: 7)
        #expect(with.modelNames == ["base", "adapter-a", "x"] && without.modelNames.isEmpty)
        for index in with.requests.indices { with.requests[index].modelIndex = nil }
        #expect(with.requests == without.requests)
    }

    @Test(arguments: [
        (ModelMix([]), "names no model"), (ModelMix(""), "1 to 512 bytes"),
        (ModelMix("a\u{1b}"), "control characters"),
        (ModelMix(String(repeating: "x", count: 513)), "1 to 512 bytes"),
        (ModelMix([.init(model: "a", weight: 0)]), "positive share of `a`"),
        (ModelMix([.init(model: "a", weight: .nan)]), "positive share of `a`"),
        (
            ModelMix([.init(model: "a", weight: 1), .init(model: "a", weight: 1)]),
            "names `a` twice"
        ),
    ])
    func `what is no mix is refused`(mix: ModelMix, words: String) {
        #expect(mix.defect?.contains(words) == true)
        #expect(throws: WorkloadError.self) {
            try WorkloadPlan.make(spec([mix, nil]), seed: 1)
        }
    }

    @Test func `a run has so many models and no more`() throws {
        func many(_ count: Int) -> ModelMix {
            ModelMix((0..<count).map { .init(model: "m\($0)", weight: 1) })
        }
        let most = WorkloadPlan.modelLimit
        #expect(
            try WorkloadPlan.make(spec([many(most)], requests: 9), seed: 1).modelNames.count == most
        )
        #expect(throws: WorkloadError.self) {
            try WorkloadPlan.make(spec([many(most + 1)], requests: 9), seed: 1)
        }
    }

    @Test(
        arguments: [
            ("http://h/v1/chat/completions", .chat), ("/x/completions", .completions),
            ("http://h/v1/completions/?a=b/chat/completions", .completions), ("http://h/v1", nil),
            ("http://h/?p=/completions", nil), ("", nil), ("/", nil),
            ("http://h/mycompletions", nil),
        ] as [(String, Endpoint?)])
    func `a URL names an endpoint with the end of its path`(url: String, endpoint: Endpoint?) {
        #expect(Endpoint(endOf: url) == endpoint)
    }
}
