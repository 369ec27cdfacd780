package import Workload

/// A scenario's load in a few words, so that a result can be traced to it.
package struct LoadDescription: Hashable, Sendable {
    /// Rate or concurrency of each stage, such as `4/s, then 4/s..6/s` or `64 at once`.
    package var load: String
    /// Such as `512 tokens in, 128 out`.
    package var lengths: String
    /// Such as `20 s` or `100 requests`.
    package var duration: String
    /// Such as `8 requests`; empty for none.
    package var warmup: String

    /// Stages and classes that are named one by one; more are counted.
    private static let mostNamed = 3

    package init(_ workload: WorkloadSpec) {
        let stages = workload.stages
        load =
            stages.count <= Self.mostNamed
            ? stages.map(\.words).joined(separator: ", then ") : "\(stages.count) stages"
        let classes = workload.classes
        lengths = classes.count == 1 ? classes[0].lengthWords : "\(classes.count) classes"
        let spans = stages.compactMap(\.durationNs)
        let requests = stages.compactMap(\.requests)
        if spans.count == stages.count {
            duration = spanWords(spans.reduce(0, +))
        } else if requests.count == stages.count {
            duration = "\(requests.reduce(0) { $0 + UInt64($1) }) requests"
        } else {
            duration = ""
        }
        warmup =
            switch workload.warmup {
            case .none: ""
            case .requests(let count): "\(count) requests"
            case .duration(let ns): spanWords(ns)
            }
    }

    /// A name for a run of one stage and one class that has none, such as `4rps-512x128`.
    static func name(of workload: WorkloadSpec) -> String {
        let parts = [workload.stages.first?.shortName, workload.classes.first?.shortLengths]
        return parts.compactMap { $0 }.joined(separator: "-")
    }
}

extension StageSpec {
    fileprivate var words: String {
        load.words + (maxInFlight.map { ", at most \($0) at once" } ?? "")
    }

    fileprivate var shortName: String {
        load.shortName + (maxInFlight.map { "-c\($0)" } ?? "")
    }
}

extension Load {
    fileprivate var words: String {
        switch self {
        case .closed(let concurrency): "\(concurrency) at once"
        case .open(.rate(let from, let to, _)):
            from == to
                ? "\(numberWords(from))/s" : "\(numberWords(from))/s..\(numberWords(to))/s"
        case .open(.burst(let size, let everyNs)):
            everyNs.map { "\(size) every \(spanWords($0))" } ?? "\(size) in one burst"
        case .open(.replay): "a replay"
        }
    }

    fileprivate var shortName: String {
        switch self {
        case .closed(let concurrency): "c\(concurrency)"
        case .open(.rate(let from, let to, _)):
            from == to ? "\(numberWords(from))rps" : "\(numberWords(from))-\(numberWords(to))rps"
        case .open(.burst(let size, _)): "burst\(size)"
        case .open(.replay): "replay"
        }
    }
}

extension ClassSpec {
    fileprivate var lengthWords: String {
        if let prompts {
            let answers = answer.map { ", \($0.words) tokens out" } ?? ""
            return "prompts of \(fileName(prompts.file))\(answers)"
        }
        if !steps.isEmpty { return "sessions of \(steps.count) steps" }
        switch lengths {
        case .independent(let input, let output):
            return "\(input.words) tokens in, \(output.words) out"
        case .pairs(let pairs): return "\(pairs.count) observed lengths"
        case nil: return "lengths of the replay"
        }
    }

    fileprivate var shortLengths: String? {
        if let prompts {
            return fileName(prompts.file).split(separator: ".").first.map(String.init)
        }
        guard case .independent(let input, let output) = lengths else { return nil }
        return "\(input.words)x\(output.words)"
    }
}

extension TokenLength {
    fileprivate var words: String {
        switch law {
        case .fixed(let value): numberWords(value)
        case .uniform(let low, let high): "\(numberWords(low))..\(numberWords(high))"
        default: "about \(numberWords(law.mean.rounded()))"
        }
    }
}

private func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
}

/// `4`, `0.5`, at most three digits behind the point.
private func numberWords(_ value: Double) -> String {
    let rounded = (value * 1_000).rounded() / 1_000
    return rounded == rounded.rounded() && rounded.magnitude < 1e15
        ? String(Int64(rounded)) : "\(rounded)"
}

/// `500 ms`, `20 s`, `5 min`, `2 h`, in the largest unit that leaves a whole number.
private func spanWords(_ ns: Int64) -> String {
    for (unit, factor) in [
        ("h", 3_600_000_000_000), ("min", 60_000_000_000), ("s", 1_000_000_000),
    ] as [(String, Int64)] where ns >= factor && ns % factor == 0 {
        return "\(ns / factor) \(unit)"
    }
    return ns < 1_000_000_000
        ? "\(numberWords(Double(ns) / 1e6)) ms" : "\(numberWords(Double(ns) / 1e9)) s"
}
