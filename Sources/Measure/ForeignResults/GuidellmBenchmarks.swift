import Goodput
import Sampling

/// `benchmarks.json` of guidellm, version 2: a run for each of its benchmarks.
enum GuidellmBenchmarks {
    static func runs(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> [ForeignRun] {
        var runs: [ForeignRun] = []
        var version: String?
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "metadata":
                try cursor.objectIfAny { (name, cursor) throws(ForeignProblem) in
                    if name == "guidellm_version" {
                        version = try cursor.textIfAny()
                    } else {
                        try cursor.skip()
                    }
                }
            case "benchmarks":
                try cursor.list { (_, cursor) throws(ForeignProblem) in
                    runs.append(try benchmark(&cursor))
                }
            default: try cursor.skip()
            }
        }
        for index in runs.indices { runs[index].source.version = version }
        return runs
    }

    private static func benchmark(_ cursor: inout ForeignCursor) throws(ForeignProblem)
        -> ForeignRun
    {
        let begin = cursor.offset
        var run = GuidellmRun()
        var hasRequests = false
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "requests":
                hasRequests = true
                try cursor.object { (name, cursor) throws(ForeignProblem) in
                    let outcome: RequestOutcome
                    switch name {
                    case "successful": outcome = .completed
                    case "errored": outcome = .failed
                    case "incomplete": outcome = .unfinished
                    default: return try cursor.skip()
                    }
                    guard try !cursor.skipNull() else { return }
                    try cursor.list { (_, cursor) throws(ForeignProblem) in
                        try run.add(&cursor, outcome)
                    }
                }
            case "metrics":
                try cursor.objectIfAny { (name, cursor) throws(ForeignProblem) in
                    try run.collect(&cursor, at: "metrics." + name, depth: 3)
                }
            case "duration": run.duration = try cursor.numberIfAny()
            case "config":
                try cursor.objectIfAny { (name, cursor) throws(ForeignProblem) in
                    guard name == "strategy" else { return try cursor.skip() }
                    try cursor.objectIfAny { (name, cursor) throws(ForeignProblem) in
                        try run.strategy(name, &cursor)
                    }
                }
            default: try cursor.skip()
            }
        }
        guard hasRequests else {
            throw cursor.problem(
                "lacks `requests`, where guidellm keeps the requests' times", at: begin)
        }
        return try run.finished(at: begin)
    }
}

/// A benchmark of guidellm in the making.
private struct GuidellmRun {
    /// The instants of a request, in s of the Unix clock.
    private struct Timings {
        var targeted: Double?
        var start: Double?
        var first: Double?
        var last: Double?
        var end: Double?
        var resolved: Double?
        var chunks: UInt32?
    }

    private var run = ForeignRun(source: ForeignSource(tool: .guidellm, fidelity: .boundsOnly))
    private var errors = ErrorTexts()
    private var epoch = ForeignEpoch()
    private var kind: String?
    private var level: Double?
    private var answersWithoutTimes = 0
    private var failuresWithoutStart = 0
    var duration: Double?

    mutating func strategy(
        _ name: String, _ cursor: inout ForeignCursor
    ) throws(ForeignProblem) {
        switch name {
        case "type_": kind = try cursor.textIfAny()
        case "streams", "rate", "max_concurrency":
            level = try cursor.numberIfAny() ?? level
        default: try cursor.skip()
        }
    }

    /// Takes the numbers of the next value, an object or a number, into the summary.
    mutating func collect(
        _ cursor: inout ForeignCursor, at path: String, depth: Int
    ) throws(ForeignProblem) {
        guard cursor.peek() == UInt8(ascii: "{"), depth > 0 else {
            if let number = try cursor.numberIfAny() { run.source.summary[path] = number }
            return
        }
        var found: [(String, Double)] = []
        try Self.numbers(&cursor, at: path, depth: depth, into: &found)
        for (name, value) in found { run.source.summary[name] = value }
    }

    private static func numbers(
        _ cursor: inout ForeignCursor, at path: String, depth: Int,
        into found: inout [(String, Double)]
    ) throws(ForeignProblem) {
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            let path = path + "." + name
            if cursor.peek() == UInt8(ascii: "{"), depth > 1 {
                try numbers(&cursor, at: path, depth: depth - 1, into: &found)
            } else if let number = try cursor.numberIfAny() {
                found.append((path, number))
            }
        }
    }

    // MARK: Requests

    mutating func add(
        _ cursor: inout ForeignCursor, _ outcome: RequestOutcome
    ) throws(ForeignProblem) {
        let begin = cursor.offset
        var timings: Timings?
        var tokens: UInt32?
        var prompt: UInt32?
        var error: String?
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "info":
                try cursor.object { (name, cursor) throws(ForeignProblem) in
                    switch name {
                    case "timings": timings = try Self.timings(&cursor)
                    case "error": error = try cursor.textIfAny()
                    default: try cursor.skip()
                    }
                }
            case "output_tokens": tokens = try cursor.tokens()
            case "prompt_tokens": prompt = try cursor.tokens()
            default: try cursor.skip()
            }
        }
        guard let timings else {
            throw cursor.problem(
                "lacks `info.timings`: files of guidellm before version 2 are not read; run it "
                    + "with 0.4 or later", at: begin)
        }
        if outcome == .failed { errors.add(error ?? "") }
        guard let start = timings.start ?? timings.targeted else {
            // A request that was never sent is no request.
            guard outcome == .completed else {
                failuresWithoutStart += 1
                return
            }
            throw cursor.problem("lacks `info.timings.request_start`", at: begin)
        }
        func time(_ seconds: Double?) throws(ForeignProblem) -> Int64? {
            guard let seconds else { return nil }
            guard let time = epoch.ns(seconds) else {
                throw cursor.problem(
                    "has a time of \(seconds), far from the others: they are in s", at: begin)
            }
            return time
        }
        // The order sets the epoch by the earliest of a request's instants.
        let targeted = try time(timings.targeted)
        let sent = try time(start) ?? 0
        let first = try time(timings.first)
        let last = try time(timings.last) ?? first
        let end = try time(timings.end ?? timings.resolved)
        if let first, let last, !(sent <= first && first <= last) || last > end ?? .max {
            throw cursor.problem(
                "has tokens from \(first - sent) to \(last - sent) ns after the send, and its end "
                    + "at \((end ?? last) - sent) ns: times that cannot be", at: begin)
        }
        var request = RequestTimes(
            id: run.requests.count, scheduled: min(targeted ?? sent, sent), tokens: [],
            finish: max(end ?? sent, last ?? sent, sent), outcome: outcome, sent: sent)
        let count = Int(tokens ?? timings.chunks ?? 0)
        if let first, let last {
            request.tokens = EvenPlacing.events(
                from: first, to: last, tokens: count, atMost: cursor.offset - begin)
        } else if count > 0, outcome == .completed {
            answersWithoutTimes += 1
            request.isStreamed = false
            request.tokens = [TokenEvent(time: request.finish, count: UInt32(count))]
        }
        run.requests.append(request)
        run.promptTokens.append(prompt)
    }

    private static func timings(_ cursor: inout ForeignCursor) throws(ForeignProblem) -> Timings {
        var result = Timings()
        try cursor.object { (name, cursor) throws(ForeignProblem) in
            switch name {
            case "targeted_start": result.targeted = try cursor.number()
            case "request_start": result.start = try cursor.number()
            case "first_token_iteration": result.first = try cursor.number()
            case "last_token_iteration": result.last = try cursor.number()
            case "request_end": result.end = try cursor.number()
            case "resolve_end": result.resolved = try cursor.number()
            case "token_iterations": result.chunks = try cursor.tokens()
            default: try cursor.skip()
            }
        }
        return result
    }

    func finished(at begin: Int) throws(ForeignProblem) -> ForeignRun {
        var result = run
        result.source.errors = errors.sorted
        result.source.remarks = [.stampsOfChunks, .scheduledIs(member: "targeted_start")]
        if answersWithoutTimes > 0 {
            result.source.remarks.append(.answersWithoutTimes(answersWithoutTimes))
        }
        if failuresWithoutStart > 0 {
            result.source.remarks.append(.neverSent(failuresWithoutStart))
        }
        let words = level.map { $0 == $0.rounded() ? "\(Int64(clamping: $0))" : "\($0)" }
        let label = [kind, words].compactMap { $0 }
        result.source.label = label.isEmpty ? nil : label.joined(separator: " ")
        if ["concurrent", "throughput", "synchronous"].contains(kind ?? "") {
            let users = kind == "synchronous" ? 1 : Int(Int64(clamping: level ?? 0))
            if users > 0 { result.load = .closed(users: users) }
        }
        if let duration, duration > 0 {
            guard let length = ForeignTime.ns(duration) else {
                throw ForeignProblem(
                    offset: begin, "has a `duration` of \(duration): no length of a run in s")
            }
            result.source.duration = length
            result.source.remarks.append(.durationIsTheTools)
        }
        return result
    }
}

extension Int64 {
    init(clamping value: Double) { self = Int64(Swift.max(-9e18, Swift.min(9e18, value))) }
}

extension ForeignCursor {
    /// Visits the members where an object is next; passes over anything else.
    mutating func objectIfAny(
        _ body: (String, inout ForeignCursor) throws(ForeignProblem) -> Void
    ) throws(ForeignProblem) {
        guard peek() == UInt8(ascii: "{") else { return try skip() }
        try object(body)
    }
}
