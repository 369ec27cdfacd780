import Foundation
import JSON
import Randomness
import Results
import Storage
import Sweep

/// A sweep's folder: `sweep.json`, and below `points/` a run's folder for every point and seed.
enum SweepFolder {
    /// A folder that is new, or that of this sweep, which is taken up again.
    static func opened(
        for command: SweepCommand, _ result: SweepResult
    ) throws -> String {
        let made: String
        let files = FileManager.default
        if let out = command.base.out {
            let file = "\(out)/\(RunFileName.sweep)"
            if let bytes = files.contents(atPath: file) {
                let former = try? JSONValue(parsing: Array(bytes))["scenario"]
                guard former != nil else {
                    throw FileProblem(
                        .content, file,
                        "is damaged; remove this file, and the points that are whole are kept")
                }
                guard former == result.json["scenario"] else {
                    throw FileProblem(
                        .content, file,
                        "is a sweep of another scenario or seed; name another folder by --out")
                }
                return out
            }
            if hasPoints(in: out) { return out }
            made = try RunDirectory.create(at: out).path
        } else {
            made = try RunDirectory.create(
                under: "runs", name: result.name + "-sweep",
                utc: Int64(Date().timeIntervalSince1970)
            ).path
        }
        // A sweep that is killed before its first point is taken up, too.
        try RunDirectory(opening: made).write(
            Array(result.json.indented.utf8), to: RunFileName.sweep)
        return made
    }

    /// A point's folder that says what is in it, and differs where anything does, relative to the
    /// sweep's: `points/rate-1.5_seed-7`.
    static func point(
        _ load: Double, _ settings: [SweepSetting], seed: UInt64, _ axis: SweepAxis
    ) -> String {
        let whole = load == load.rounded() ? String(Int64(load)) : "\(load)"
        return name(whole, settings, seed: seed, axis)
    }

    /// The name that a version of before gave the same folder: `points/rate-1.0_seed-7`.
    static func formerPoint(
        _ load: Double, _ settings: [SweepSetting], seed: UInt64, _ axis: SweepAxis
    ) -> String {
        name("\(load)", settings, seed: seed, axis)
    }

    private static func name(
        _ load: String, _ settings: [SweepSetting], seed: UInt64, _ axis: SweepAxis
    ) -> String {
        let values = settings.map { "\($0.field)-\($0.value)" }
        let words = values + ["\(axis.name)-\(load)", "seed-\(seed)"]
        let text = words.joined(separator: "_")
        let name = String(
            text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "-" }
                .prefix(160))
        return "points/"
            + (name == text ? name : name + "_" + String(mix64(text.utf8), radix: 36))
    }

    /// The runs of a sweep's points, curve by curve, as paths; none where `sweep.json` has none.
    static func points(in folder: String) -> [String] {
        guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(RunFileName.sweep)"),
            let json = try? JSONValue(parsing: Array(bytes))
        else { return [] }
        func list(_ value: JSONValue, _ name: String) -> [JSONValue] {
            guard case .array(let list)? = value[name] else { return [] }
            return list
        }
        return list(json, "curves").flatMap { list($0, "points") }.flatMap { list($0, "runs") }
            .compactMap { run in run["folder"]?.string.map { "\(folder)/\($0)" } }
    }

    /// Whether there are points, whole or half-written.
    static func hasPoints(in folder: String) -> Bool {
        let points = "\(folder)/points"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: points)) ?? []
        return names.contains { $0.hasSuffix(".partial") || holds("points/\($0)", in: folder) }
    }

    /// Whether a point's run is there, whole or not.
    static func holds(_ point: String, in folder: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(folder)/\(point)/\(RunFileName.manifest)")
    }
}
