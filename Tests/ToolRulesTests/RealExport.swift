import Foundation
import Goodput

/// Result files that the tools wrote, beside the checkout where they are: the requests in them, and
/// the figures that the tool printed of these.
struct RealExport {
    var requests: [RequestTimes] = []
    var prompts: [UInt32?] = []
    /// The tool's figures by their paths.
    var printed: [String: Double] = [:]
    /// The length of the run by the tool's own clock, s: by it rates are compared.
    var duration = 0.0

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("../shared/exports").standardizedFileURL

    static var areHere: Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("vllm.json").path)
    }

    private static func object(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: folder.appendingPathComponent(path))
        return try JSONSerialization.jsonObject(with: data) as! [String: Any]
    }

    private static func ns(_ seconds: Double) -> Int64 { Int64((seconds * 1e9).rounded()) }

    private mutating func print(_ object: [String: Any], _ path: String = "") {
        for (name, value) in object {
            if let inner = value as? [String: Any] {
                print(inner, path + name + ".")
            } else if let number = value as? NSNumber {
                printed[path + name] = number.doubleValue
            }
        }
    }

    /// `--save-result --save-detailed`: parallel arrays, s.
    static func vllm(_ path: String) throws -> RealExport {
        let file = try object(path)
        func list<T>(_ name: String) -> [T] { file[name] as! [T] }
        let starts: [Double] = list("start_times")
        let waits: [Double] = list("queue_times")
        let ttfts: [Double] = list("ttfts")
        let gaps: [[Double]] = list("itls")
        let latencies: [Double] = list("latencies")
        let errors: [String] = list("errors")
        let lengths: [Int] = list("output_lens")
        let inputs: [Int] = list("input_lens")
        var export = RealExport()
        for index in starts.indices {
            let hasFailed = !errors[index].isEmpty
            let sent = ns(starts[index])
            var at = starts[index] + ttfts[index]
            var events = ttfts[index] > 0 ? [TokenEvent(time: ns(at))] : []
            for gap in gaps[index] {
                at += gap
                events.append(TokenEvent(time: ns(at)))
            }
            precondition(hasFailed || events.count == lengths[index])
            export.requests.append(
                RequestTimes(
                    id: index, scheduled: min(sent, ns(starts[index] - waits[index])),
                    tokens: events,
                    finish: max(events.last?.time ?? sent, ns(starts[index] + latencies[index])),
                    outcome: hasFailed ? .failed : .completed, sent: sent))
            export.prompts.append(UInt32(inputs[index]))
        }
        export.print(file)
        export.duration = file["duration"] as! Double
        return export
    }

    /// `profile_export.jsonl` and its summary; ms. Rates are over the phase, from its begin to its
    /// end.
    static func aiperf(_ folder: String) throws -> RealExport {
        let path = Self.folder.appendingPathComponent(folder + "aiperf.records.jsonl")
        var export = RealExport()
        for (id, line) in try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
            .enumerated()
        {
            let record = try JSONSerialization.jsonObject(with: Data(line.utf8)) as! [String: Any]
            let metadata = record["metadata"] as! [String: Any]
            let metrics = record["metrics"] as! [String: [String: Any]]
            func value(_ tag: String) -> Double? { metrics[tag]?["value"] as? Double }
            let sent = (metadata["request_start_ns"] as! NSNumber).int64Value
            let end = (metadata["request_end_ns"] as! NSNumber).int64Value
            var events: [TokenEvent] = []
            if let ttft = value("time_to_first_token") {
                events.append(TokenEvent(time: sent + ns(ttft / 1e3)))
                for gap in metrics["inter_chunk_latency"]?["value"] as? [Double] ?? [] {
                    events.append(TokenEvent(time: events.last!.time + ns(gap / 1e3)))
                }
            }
            export.requests.append(
                RequestTimes(
                    id: id, scheduled: (metadata["credit_issued_ns"] as! NSNumber).int64Value,
                    tokens: events, finish: max(end, events.last?.time ?? end),
                    outcome: record["error"] is [String: Any] ? .failed : .completed, sent: sent))
            export.prompts.append(value("input_sequence_length").map { UInt32($0) })
        }
        let summary = try object(folder + "aiperf.summary.json")
        export.print(summary)
        export.duration =
            export.printed["request_count.avg"]! / export.printed["request_throughput.avg"]!
        return export
    }

    /// `benchmarks[0]`; Unix seconds, and no time between the first and the last token.
    static func guidellm(_ path: String) throws -> RealExport {
        let benchmark = (try object(path)["benchmarks"] as! [[String: Any]])[0]
        let all = benchmark["requests"] as! [String: Any]
        var export = RealExport()
        for (status, list) in all {
            for request in list as? [[String: Any]] ?? [] {
                let info = request["info"] as! [String: Any]
                let timings = info["timings"] as! [String: Any]
                func time(_ name: String) -> Int64? {
                    (timings[name] as? Double).map { Int64(($0 - 1.795e9) * 1e9) }
                }
                let sent = time("request_start")!
                let count = timings["token_iterations"] as! Int
                var events: [TokenEvent] = []
                if let first = time("first_token_iteration"),
                    let last = time("last_token_iteration")
                {
                    events = (0..<count).map {
                        let share = count > 1 ? Double($0) / Double(count - 1) : 0
                        return TokenEvent(time: first + Int64(Double(last - first) * share))
                    }
                }
                export.requests.append(
                    RequestTimes(
                        id: export.requests.count,
                        scheduled: min(sent, time("targeted_start") ?? sent), tokens: events,
                        finish: time("request_end") ?? time("resolve_end")!,
                        outcome: ["successful": .completed, "errored": .failed][status]
                            ?? .unfinished, sent: sent))
                export.prompts.append((request["prompt_tokens"] as? Int).map { UInt32($0) })
            }
        }
        export.print(["metrics": benchmark["metrics"]!])
        export.printed["duration"] = benchmark["duration"] as? Double
        export.duration = benchmark["duration"] as! Double
        return export
    }
}
