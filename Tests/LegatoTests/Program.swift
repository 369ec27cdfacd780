import ChildPrograms
import Foundation
import Journal
import Testing

/// The built executable, run as users run it.
struct Program {
    /// The output and the status of a finished run.
    struct Result {
        var status: Int32
        var output: Data
        var errors: String
        var seconds: Double

        var text: String { String(decoding: output, as: UTF8.self) }

        /// Standard output as JSON; records an issue and returns an empty object where it is not.
        func json() -> [String: Any] {
            guard let object = try? JSONSerialization.jsonObject(with: output) as? [String: Any]
            else {
                Issue.record("not a JSON object: \(text.prefix(300)) \(errors.prefix(300))")
                return [:]
            }
            return object
        }
    }

    /// Beside the test bundle, wherever the build folder is.
    static let executable: URL = {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        for candidate in [tests, URL(fileURLWithPath: CommandLine.arguments[0])] {
            let sibling = candidate.deletingLastPathComponent().appendingPathComponent("legato")
            if FileManager.default.isExecutableFile(atPath: sibling.path) { return sibling }
        }
        return Bundle.allBundles.map { $0.bundleURL.deletingLastPathComponent() }
            .map { $0.appendingPathComponent("legato") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
            ?? root.appendingPathComponent(".build/debug/legato")
    }()

    /// The package's own folder.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Runs `legato` with `arguments` to its end; ends it after `limit` seconds, as an issue.
    ///
    /// - Parameter mayHold: Servers may hold tokens; of all others a run must not say so.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], limit: Double = 120,
        mayHold: Bool = false
    ) throws -> Result {
        let started = try start(arguments, environment: environment)
        let result = started.finish(limit: limit)
        if !mayHold { noteFalseAlarms(arguments) }
        return result
    }

    /// Records an issue where a run's summary says that a server held tokens.
    private static func noteFalseAlarms(_ arguments: [String]) {
        guard arguments.first == "run", let place = arguments.firstIndex(of: "--out"),
            place + 1 < arguments.count,
            let data = FileManager.default.contents(atPath: arguments[place + 1] + "/summary.json"),
            let summary = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let targets = summary["holding"] as? [String: [String: Any]]
        else { return }
        for (url, target) in targets where target["held"] as? Bool == true {
            Issue.record("\(url) holds nothing, and is told to: \(target), \(arguments)")
        }
    }

    /// Runs start sooner than users' do, unless `arguments` say when: on one host clocks need no
    /// two seconds to be compared.
    ///
    /// - Parameter launcher: a command that runs the command that follows it, such as `env`.
    static func start(
        _ arguments: [String], environment: [String: String] = [:], under launcher: [String] = [],
        input: FileHandle? = nil
    ) throws -> Running {
        var arguments = arguments
        if arguments.first == "run", !arguments.contains("--lead") {
            arguments.insert(contentsOf: ["--lead", "0.4 s"], at: 1)
        }
        return try Running(arguments, environment: environment, launcher: launcher, input: input)
    }

    /// A folder that goes away with the test.
    static func withFolder<T>(_ body: (URL) throws -> T) throws -> T {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("legato-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    /// The path of a new `scenario.yaml` in `folder` that holds `text`.
    static func scenario(_ text: String, in folder: URL) throws -> String {
        let file = folder.appendingPathComponent("scenario.yaml")
        try Data(text.utf8).write(to: file)
        return file.path
    }

    /// The requests of a run's folder by id, an object for each line.
    static func requests(of run: URL) throws -> [[String: Any]] {
        let text = try String(
            contentsOf: run.appendingPathComponent("requests.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map {
            let object = try JSONSerialization.jsonObject(with: Data($0.utf8))
            return try #require(object as? [String: Any])
        }
        .sorted { ($0["id"] as? Int ?? -1) < ($1["id"] as? Int ?? -1) }
    }
}

/// A `legato` that is running.
final class Running {
    private let program: ChildProgram
    private let folder: URL
    private let begun = Date()

    var pid: Int32 { program.pid }
    var isRunning: Bool { program.isRunning }

    fileprivate init(
        _ arguments: [String], environment: [String: String], launcher: [String],
        input: FileHandle?
    ) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("legato-out-\(UUID().uuidString)")
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let files = try ["out", "err"].map { name in
            let file = folder.appendingPathComponent(name)
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
            return try FileHandle(forWritingTo: file)
        }
        let command = launcher + [Program.executable.path] + arguments
        program = try ChildProgram(
            command[0], Array(command.dropFirst()), environment: environment,
            input: input?.fileDescriptor, output: files[0].fileDescriptor,
            errors: files[1].fileDescriptor)
        // The child has its own by now.
        for file in files { try file.close() }
    }

    deinit {
        if isRunning { signal(SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
    }

    /// The text on its standard error so far.
    var errors: String {
        (try? String(contentsOf: folder.appendingPathComponent("err"), encoding: .utf8)) ?? ""
    }

    var output: String {
        (try? String(contentsOf: folder.appendingPathComponent("out"), encoding: .utf8)) ?? ""
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits until `condition` holds, at most `limit` seconds.
    func wait(limit: Double = 60, until condition: (Running) -> Bool) -> Bool {
        let deadline = Date().addingTimeInterval(limit)
        while Date() < deadline {
            if condition(self) { return true }
            usleep(20_000)
        }
        return condition(self)
    }

    func finish(limit: Double = 120) -> Program.Result {
        if !wait(limit: limit, until: { !$0.isRunning }) {
            Issue.record("\(program.arguments) ran for more than \(limit) s: \(errors)")
            signal(SIGKILL)
        }
        let status = program.wait()
        let output = (try? Data(contentsOf: folder.appendingPathComponent("out"))) ?? Data()
        return Program.Result(
            status: status, output: output, errors: errors,
            seconds: Date().timeIntervalSince(begun))
    }
}

extension Running {
    /// Waits until records of the load are in the journal of the run's folder.
    func isUnderWay(in run: URL) -> Bool {
        let journal = run.appendingPathComponent("tokens.log")
        return wait { _ in
            var scanner = SegmentScanner()
            // There is no journal before the run has its folder.
            scanner.append((try? Data(contentsOf: journal)) ?? Data())
            var bytes = 0
            while let entry = scanner.next() {
                if case .batch(let batch) = entry { bytes += batch.payload.count }
            }
            return bytes > 3_000
        }
    }
}
