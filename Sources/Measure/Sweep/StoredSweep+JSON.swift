import JSON
import Results

extension StoredSweep {
    init(_ json: JSONValue) throws(JSONFieldError) {
        try json.requireFormat(SweepResult.format)
        name = try json.text("name")
        version = try json.text("version")
        scenario = json.optional("scenario") ?? .null
        axis =
            switch try json.text("axis") {
            case "request_rate": .rate
            case SweepAxis.concurrency.name: .concurrency
            case let path: .field(path)
            }
        figure = try json.field("figure", "a figure's name") { value in
            value.string.flatMap { try? SummaryFigure(parsing: $0) }
        }
        price = try json.real("price_per_gpu_hour")
        curves = try json.list("curves") { curve throws(JSONFieldError) in
            Curve(
                settings: try curve.settings(), gpus: try curve.real("gpus"),
                points: try curve.list("points") { point throws(JSONFieldError) in
                    try Point(point)
                })
        }
    }
}

extension StoredSweep.Point {
    fileprivate init(_ json: JSONValue) throws(JSONFieldError) {
        load = try json.field("load", "a number", { $0.double })
        verdict = try json.verdict()
        isOverloaded = json.optional("overloaded")?.bool ?? false
        isOverSaturated = json.optional("over_saturated")?.bool ?? false
        runs = try json.list("runs") { run throws(JSONFieldError) in
            StoredSweep.Run(
                folder: try run.text("folder"), seed: try run.whole("seed"),
                verdict: try run.verdict(), finding: run.optional("finding")?.string)
        }
        estimates = [:]
        for (figure, value) in try json.figures() {
            guard let number = try value.real("value") else { continue }
            var interval: ClosedRange<Double>?
            if let low = try value.real("low"), let high = try value.real("high"), low <= high {
                interval = low...high
            }
            estimates[figure] = SweepEstimate(value: number, interval: interval)
        }
        toBest = try json.optional("to_best").map(StoredSweep.Differences.init)
        toFirst = try json.optional("to_first").map(StoredSweep.Differences.init)
        frontier = try json.optional("frontier").map(FrontierPoint.init)
    }
}

extension StoredSweep.Differences {
    fileprivate init(_ json: JSONValue) throws(JSONFieldError) {
        load = try json.field("load", "a number", { $0.double })
        settings = try json.settings()
        figures = [:]
        for (figure, value) in try json.figures() {
            if let sentence = value.optional("not_compared")?.string {
                figures[figure] = .refused(sentence)
            } else if let difference = try value.real("difference"),
                let low = try value.real("low"), let high = try value.real("high")
            {
                figures[figure] = .told(
                    StoredSweep.Difference.Told(
                        difference: difference, low: low, high: high,
                        isShown: value.optional("shown")?.bool ?? false,
                        isBySeed: value.optional("pairing")?.string == "seeds"))
            }
        }
    }
}

extension FrontierPoint {
    fileprivate init(_ json: JSONValue) throws(JSONFieldError) {
        self.init(
            tokensPerUser: try json.real("tokens_per_user"),
            tokensPerGPU: try json.field("tokens_per_gpu", "a number", { $0.double }),
            smoothPerGPU: try json.field("smooth_per_gpu", "a number", { $0.double }),
            answersPerGPU: try json.field("answers_per_gpu", "a number", { $0.double }),
            dollarsPerMillion: try json.real("dollars_per_million_tokens"),
            dollarsPerMillionSmooth: try json.real("dollars_per_million_smooth_tokens"),
            isOnFront: json.optional("on_front")?.bool ?? false)
    }
}

extension JSONValue {
    /// A number that is finite; nil where the member is absent or null.
    fileprivate func real(_ name: String) throws(JSONFieldError) -> Double? {
        try optionalField(name, "a number") { value in
            value.double.flatMap { $0.isFinite ? $0 : nil }
        }
    }

    fileprivate func verdict() throws(JSONFieldError) -> Verdict {
        try field("verdict", "a verdict") { $0.string.flatMap(Verdict.init(rawValue:)) }
    }

    fileprivate func settings() throws(JSONFieldError) -> [SweepSetting] {
        try field("settings", "an object", { $0.members }).map { member in
            SweepSetting(field: member.name, value: member.value.string ?? "")
        }
    }

    /// The member `figures` by figure; those that another version knows alone are left out.
    fileprivate func figures() throws(JSONFieldError) -> [(SummaryFigure, JSONValue)] {
        try field("figures", "an object", { $0.members }).compactMap { member in
            (try? SummaryFigure(parsing: member.name)).map { ($0, member.value) }
        }
    }
}
