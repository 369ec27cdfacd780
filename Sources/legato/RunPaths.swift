import Foundation
import Results

/// Runs by the paths that users name.
enum RunPaths {
    /// The runs that a path names: those of a folder of repeats or of a sweep, else itself.
    static func runs(at path: String) -> [String] {
        let files = FileManager.default
        func holds(_ name: String) -> Bool { files.fileExists(atPath: path + "/" + name) }
        if holds(RunFileName.manifest) { return [path] }
        if holds(RunFileName.sweep) {
            let points = SweepFolder.points(in: path)
            return points.isEmpty ? [path] : points
        }
        guard holds(RunFileName.joined) else { return [path] }
        var runs: [String] = []
        while holds("run-\(runs.count + 1)") { runs.append(path + "/run-\(runs.count + 1)") }
        return runs.isEmpty ? [path] : runs
    }
}
