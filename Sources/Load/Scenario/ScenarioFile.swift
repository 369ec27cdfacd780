internal import FileReading

/// Where scenarios come from: a file, a text, or options alone.
package enum ScenarioFile {
    /// The scenario of the YAML file at `path` with `overrides` on top.
    ///
    /// - Throws: ``ScenarioError`` with everything that is wrong, up to ``ScenarioError/limit``.
    package static func load(
        path: String, overrides: ScenarioOverrides = ScenarioOverrides()
    ) throws(ScenarioError) -> ResolvedScenario {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return try parse(
            try text(of: path), file: path, folder: folder.joined(separator: "/"),
            overrides: overrides)
    }

    /// The `engine` section of a file, which may be a scenario or that section alone.
    ///
    /// - Throws: ``ScenarioError`` for a file that cannot be read, or has none.
    package static func engine(path: String) throws(ScenarioError) -> Document {
        let document = try Document(yaml: try text(of: path), file: path)
        guard let engine = document["engine"] else {
            throw failure(path, "has no `engine:` section; legato calibrate writes one")
        }
        // Its mistakes are this file's, wherever it is put.
        var overrides = ScenarioOverrides()
        overrides.engine = engine
        _ = try make(overrides: overrides, file: path)
        return engine
    }

    private static func failure(_ path: String, _ message: String) -> ScenarioError {
        ScenarioError(
            file: path,
            diagnostics: [Diagnostic(origin: .file(line: 1, column: 1), message: message)])
    }

    private static func text(of path: String) throws(ScenarioError) -> String {
        let bytes: [UInt8]
        do throws(ReadOnlyFileError) {
            bytes = try ReadOnlyFile(path).readAll(limit: Document.byteLimit)
        } catch {
            if case .tooLarge(let limit) = error {
                throw failure(path, "the file is longer than \(limit) bytes; split it")
            }
            throw failure(path, error.words)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw failure(path, "is no UTF-8 text")
        }
        return text
    }

    /// The scenario of a YAML text; `file` is its name in errors, `folder` what its paths are
    /// relative to.
    package static func parse(
        _ yaml: String, file: String = "scenario.yaml", folder: String = "",
        overrides: ScenarioOverrides = ScenarioOverrides()
    ) throws(ScenarioError) -> ResolvedScenario {
        let document = try Document(yaml: yaml, file: file)
        return try resolve(document, file: file, folder: folder, overrides: overrides)
    }

    /// The scenario that options alone describe: one class of 256 tokens in and 128 out, one stage
    /// of 4 sessions per second and 100 requests, where they say nothing else; named by its load.
    ///
    /// - Parameter file: Its name in errors.
    package static func make(
        overrides: ScenarioOverrides, file: String = "options"
    ) throws(ScenarioError) -> ResolvedScenario {
        let origin = Origin.standard
        func map(_ pairs: [(String, Document)]) -> Document {
            .map(pairs.map { .init(key: $0.0, keyOrigin: origin, value: $0.1) }, origin)
        }
        func text(_ value: String) -> Document { .scalar(value, isPlain: true, origin) }
        let document = map([
            ("name", text("options")),
            ("stages", .list([map([("rate", text("4/s")), ("requests", text("100"))])], origin)),
            (
                "classes",
                .list(
                    [
                        map([
                            ("name", text("default")), ("input", text("256 tokens")),
                            ("output", text("128 tokens")),
                        ])
                    ], origin)
            ),
        ])
        var scenario = try resolve(document, file: file, folder: "", overrides: overrides)
        scenario.name = LoadDescription.name(of: scenario.workload)
        scenario.document["name"] = text(scenario.name)
        return scenario
    }

    private static func resolve(
        _ document: Document, file: String, folder: String, overrides: ScenarioOverrides
    ) throws(ScenarioError) -> ResolvedScenario {
        let changed = try overrides.apply(to: document, file: file)
        return try ScenarioReader(file: file, folder: folder).resolve(changed)
    }
}
