import ArgumentParser
import Foundation
import ServingClient

/// What requests to the servers carry beside the benchmark's own; `legato run` and `legato agent`
/// share it.
struct TargetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Header of every request, \"NAME: VALUE\"; repeatable. Kept out of all results.",
            valueName: "field"))
    var header: [String] = []

    @Option(help: "File with such headers, one a line: no secret on the command line then.")
    var headerFile: String?

    @Option(
        help: "File with the servers' API key (default: the environment's LEGATO_API_KEY).")
    var apiKeyFile: String?

    /// Whether one of the options is given.
    var isGiven: Bool { !header.isEmpty || headerFile != nil || apiKeyFile != nil }

    /// The fields; the process's end where one of them is none, with a sentence that shows no value.
    func fields() -> RequestFields {
        var fields = RequestFields()
        do throws(RequestFieldError) {
            if let headerFile { try fields.add(lines: Self.read(headerFile, "--header-file")) }
            for line in header { try fields.add(line) }
            if let apiKeyFile {
                try fields.add(apiKey: Self.read(apiKeyFile, "--api-key-file"))
            } else if !fields.haveAuthorization,
                let key = ProcessInfo.processInfo.environment["LEGATO_API_KEY"], !key.isEmpty
            {
                try fields.add(apiKey: key)
            }
        } catch {
            Exit.now(Exit.badData, "\(error)")
        }
        return fields
    }

    /// The text of a small file, or of an inherited descriptor.
    private static func read(_ path: String, _ option: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else {
            Exit.now(Exit.badData, "\(option) \(path) cannot be read: does it exist, and may you?")
        }
        defer { file.closeFile() }
        do {
            let data = try file.read(upToCount: RequestFields.textBytes + 1) ?? Data()
            guard data.count <= RequestFields.textBytes else {
                Exit.now(
                    Exit.badData,
                    "\(option) \(path) is longer than \(RequestFields.textBytes) bytes; it holds "
                        + "a key or some headers, no more")
            }
            return String(decoding: data, as: UTF8.self)
        } catch {
            Exit.now(Exit.badData, "\(option) \(path) cannot be read: \(error)")
        }
    }
}
