import Foundation
import JSON
import Page
import Results
import Storage
import Sweep

/// The page of a sweep, from its folder.
struct SweepReport {
    let folder: String
    let sweep: StoredSweep

    /// Reads the sweep whose folder `path` names, by itself or by its `sweep.json`; nil where it is
    /// none's.
    ///
    /// - Throws: ``FileProblem`` that names what cannot be read.
    init?(path: String) throws(FileProblem) {
        let file = RunFileName.sweep
        let isFile = path == file || path.hasSuffix("/" + file)
        let folder = isFile ? String(path.dropLast(file.count + 1)) : path
        self.folder = folder.isEmpty ? "." : folder
        guard FileManager.default.fileExists(atPath: "\(self.folder)/\(file)") else { return nil }
        let name = "\(self.folder)/\(file)"
        let bytes = try RunDirectory(reading: self.folder).read(file)
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw FileProblem(
                .content, name, line: error.line, "column \(error.column): \(error.problem)")
        }
        sweep = try StoredSweep(json: json, path: name)
    }

    /// The page.
    ///
    /// - Parameter out: The file that it is written to; nil for the sweep's own folder.
    func html(for out: String?) -> [UInt8] {
        let place = out.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
        let runs = sweep.curves.flatMap(\.points).flatMap(\.runs).map(\.folder)
        let links = runs.compactMap { run in link(to: run, from: place).map { (run, $0) } }
        return SweepPage(sweep, links: Dictionary(links, uniquingKeysWith: { first, _ in first }))
            .html
    }

    /// The line of `--json` on the page that was written.
    func json(_ file: String, _ byteCount: Int) -> String {
        let points = sweep.curves.reduce(0) { $0 + $1.points.count }
        let value: JSONValue = [
            "report": .string(file), "bytes": .integer(Int64(byteCount)),
            "points": .integer(Int64(points)),
        ]
        return String(decoding: value.serialized, as: UTF8.self)
    }

    /// The address of a run's page, or of its folder, relative to the page of the sweep; nil where
    /// there is none within the sweep's folder.
    private func link(to run: String, from place: URL?) -> String? {
        let parts = run.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.first == "points", parts.count == 2, !["", ".", ".."].contains(parts[1]),
            FileManager.default.fileExists(atPath: "\(folder)/\(run)")
        else { return nil }
        let hasPage = FileManager.default.fileExists(
            atPath: "\(folder)/\(run)/\(RunFileName.report)")
        let name = hasPage ? "\(run)/\(RunFileName.report)" : "\(run)/"
        let path = place.map { Self.relative(folder, to: $0) + name } ?? name
        return path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
    }

    /// The way from a folder to another one, with a slash at its end: `../runs/a/`.
    private static func relative(_ folder: String, to place: URL) -> String {
        let from = place.standardizedFileURL.resolvingSymlinksInPath().pathComponents
        let to = URL(fileURLWithPath: folder).standardizedFileURL.resolvingSymlinksInPath()
            .pathComponents
        let shared = zip(from, to).prefix { $0 == $1 }.count
        let steps = Array(repeating: "..", count: from.count - shared) + to.dropFirst(shared)
        return steps.isEmpty ? "" : steps.joined(separator: "/") + "/"
    }
}
