import Foundation
import Results

/// Runs by the paths that users name.
enum RunPaths {
    /// The runs that a path names: those of a folder of repeats, else itself.
    static func runs(at path: String) -> [String] {
        let files = FileManager.default
        func holds(_ name: String) -> Bool { files.fileExists(atPath: path + "/" + name) }
        guard holds(RunFileName.joined), !holds(RunFileName.manifest) else { return [path] }
        var runs: [String] = []
        while holds("run-\(runs.count + 1)") { runs.append(path + "/run-\(runs.count + 1)") }
        return runs.isEmpty ? [path] : runs
    }
}
