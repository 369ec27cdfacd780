import ChildPrograms
import Foundation
import Testing

/// A real browser without a window, where this machine has one.
struct Browser {
    /// The page after its script has run, and what went wrong on the way.
    struct Visit {
        var document: String
        /// Messages of the console.
        var console: [String]

        /// The value of an attribute, the first of that name in the document.
        func attribute(_ name: String) -> String? {
            guard let begin = document.range(of: " \(name)=\"") else { return nil }
            let rest = document[begin.upperBound...]
            return rest.firstIndex(of: "\"").map { String(rest[..<$0]) }
        }
    }

    private let path: String

    /// nil where there is none: its test says so, and ends.
    init?() {
        guard let path = Self.path else { return nil }
        self.path = path
    }

    /// The browser's file; nil, and said so, where there is none.
    static var path: String? {
        let names = ["chromium", "chromium-browser", "google-chrome"]
        let found = names.map { "/usr/bin/\($0)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        if found == nil { print("skipped: no chromium here (apt-get install chromium)") }
        return found
    }

    /// Opens `page` with `fragment` behind its address. A witness in a copy of it counts what its
    /// policy refused and what it loaded: `data-refused`, `data-loaded`.
    ///
    /// - Parameters:
    ///   - acting: A script that acts on the drawn page, as a user would; what it sets of `facts`
    ///     are attributes.
    ///   - width: Pixels.
    func visit(
        _ page: URL, _ fragment: String = "", in folder: URL, acting: String = "",
        width: Int = 1_200
    ) throws -> Visit {
        let html = try String(contentsOf: page, encoding: .utf8)
        let copy = folder.appendingPathComponent("visited.html")
        try html.replacingOccurrences(of: "<title>", with: Self.witness(acting) + "<title>")
            .write(to: copy, atomically: true, encoding: .utf8)
        let files = ["document", "console"].map { folder.appendingPathComponent($0) }
        for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        let handles = try files.map { try FileHandle(forWritingTo: $0) }
        let program = try ChildProgram(
            path,
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=8000",
                "--enable-logging=stderr", "--window-size=\(width),2000", "--dump-dom",
                "--user-data-dir=\(folder.path)/profile", "file://\(copy.path)\(fragment)",
            ], output: handles[0].fileDescriptor, errors: handles[1].fileDescriptor)
        _ = program.wait()
        let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        return Visit(
            document: texts[0],
            console: texts[1].split(separator: "\n").map(String.init).filter {
                $0.contains("CONSOLE")
            })
    }

    private static func witness(_ acting: String) -> String {
        """
        <script>{
        const facts = document.documentElement.dataset;
        facts.refused = 0;
        addEventListener("securitypolicyviolation", () => facts.refused++);
        addEventListener("error", event => facts.failed = event.message || "element", true);
        addEventListener("unhandledrejection", event => facts.failed = event.reason);
        setTimeout(() => facts.loaded = performance.getEntriesByType("resource").length, 1500);
        setTimeout(async () => {\(acting)}, 3000);
        }</script>
        """
    }
}
