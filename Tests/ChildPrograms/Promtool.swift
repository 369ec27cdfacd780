import Glibc

/// Prometheus' own checker of metrics, where this machine has one.
package struct Promtool {
    private let path: String

    /// nil where there is none: its test says so, and ends.
    package init?() {
        let folders = getenv("PATH").map { String(cString: $0) } ?? ""
        let paths = folders.split(separator: ":").map { "\($0)/promtool" }
        let found = paths.first { (path: String) in access(path, X_OK) == 0 }
        guard let found else {
            print("skipped: no promtool here (apt-get install prometheus)")
            return nil
        }
        path = found
    }

    /// Checks metrics in Prometheus' own format.
    ///
    /// - Returns: The tool's status, and all that it said.
    package func check(_ text: String) throws -> (status: Int32, words: String) {
        // The shell writes what promtool reads; the text is an argument, which nobody interprets.
        try ChildProgram.run(
            "/bin/sh", ["-c", #"printf %s "$1" | "$0" check metrics"#, path, text])
    }
}
