import ArgumentParser
import FileReading
import Foundation
import PlainText
import ServingClient
import TLSStream
import Transport

/// Options for the fields that requests to the servers carry beside the benchmark's own, and for
/// the certificates that are taken; `legato run`, `legato agent` and `legato check` share them.
struct TargetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Header of every request, \"NAME: VALUE\"; repeatable. Kept out of all results.",
            valueName: "field"))
    var header: [String] = []

    @Option(
        help: """
            File with such headers, one a line, `#` before comments: no secret on the command line \
            then. Only you may read it where one of them is a credential.
            """, completion: .file())
    var headerFile: String?

    @Option(
        help: ArgumentHelp(
            "File with the servers' API key, which only you may read (default: the environment's "
                + "LEGATO_API_KEY, else its OPENAI_API_KEY)."), completion: .file())
    var apiKeyFile: String?

    @Option(
        help: ArgumentHelp(
            "PEM file of who signed the certificates of https servers, beside the system's.",
            valueName: "file"), completion: .file())
    var ca: String?

    @Flag(help: "Do not verify the certificates of https servers; results say so.")
    var insecureTarget = false

    @Flag(help: .hidden)
    var proxyIsSaid = false

    /// The option of local agents, whose coordinator has spoken for them.
    static let proxyIsSaid = "--proxy-is-said"

    /// Says once where the environment names a proxy: requests go straight to their servers.
    static func noteProxy(_ urls: [String]) {
        // Texts that are no URLs are refused elsewhere.
        let targets = urls.compactMap { try? Target(parsing: $0) }
        let proxies = ProxyEnvironment(ProcessInfo.processInfo.environment)
        if let sentence = proxies.remark(on: targets) { Console.note(sentence) }
    }

    /// Whether one of the options is given.
    var isGiven: Bool {
        !header.isEmpty || headerFile != nil || apiKeyFile != nil || ca != nil || insecureTarget
    }

    func validate() throws {
        if ca != nil, insecureTarget {
            throw ValidationError("--ca and --insecure-target exclude each other: drop one")
        }
    }

    /// Fields and trust; the process's end with 65 where one of the options cannot be used.
    func access() -> TargetAccess { TargetAccess(fields: fields(), trust: trust()) }

    /// The options of a local agent that name the same trust.
    var trustArguments: [String] {
        (ca.map { ["--ca", $0] } ?? []) + (insecureTarget ? ["--insecure-target"] : [])
    }

    private func trust() -> TLSTrust {
        var trust = TLSTrust()
        trust.authoritiesFile = ca
        trust.verifies = !insecureTarget
        do throws(TLSTrustError) {
            // Tried here, so that a bad file is told before anything is started.
            _ = try TLSClientContext(trust)
        } catch {
            Exit.now(Exit.badData, "--ca: \(error)")
        }
        return trust
    }

    /// The fields; the process's end where one of them is none, with a sentence that shows no
    /// value.
    func fields() -> RequestFields {
        var fields = RequestFields()
        do throws(RequestFieldError) {
            if let headerFile { try Self.add(headerFile: headerFile, to: &fields) }
            addHeaders(to: &fields)
            if let apiKeyFile {
                let key = Self.key(apiKeyFile)
                do throws(RequestFieldError) {
                    try fields.add(apiKey: key)
                } catch {
                    Exit.now(Exit.badData, "--api-key-file \(apiKeyFile): \(error)")
                }
            } else if !fields.haveAuthorization, let key = Self.keyOfEnvironment {
                try fields.add(apiKey: key)
            }
        } catch {
            Exit.now(Exit.badData, "\(error)")
        }
        return fields
    }

    /// Adds the fields of the command line itself; the process's end with 64 where one is none.
    private func addHeaders(to fields: inout RequestFields) {
        do throws(RequestFieldError) {
            for line in header { try fields.add(line) }
        } catch {
            Exit.now(Exit.usage, "--header: \(error)")
        }
    }

    /// Adds the fields of a file. Where one of them is a credential by its name, the file is as
    /// private as a key's: nobody else may read it.
    private static func add(
        headerFile path: String, to fields: inout RequestFields
    ) throws(RequestFieldError) {
        let objection = SecretFile.objection(to: path, "header file")
        try fields.add(lines: read(path, "--header-file"), of: "--header-file \(path)")
        guard let objection, let name = fields.names.first(where: CredentialName.isOne) else {
            return
        }
        Exit.now(
            Exit.badData, "--header-file: the header \"\(name)\" is a credential, and \(objection)")
    }

    /// The API key that the environment names, its own variable before the one that other tools
    /// read.
    private static var keyOfEnvironment: String? {
        let environment = ProcessInfo.processInfo.environment
        return ["LEGATO_API_KEY", "OPENAI_API_KEY"].lazy.compactMap { environment[$0] }
            .first { !$0.isEmpty }
    }

    /// The content of the key's file, which nobody else may read.
    private static func key(_ path: String) -> String {
        do throws(SecretFileError) {
            let content = try SecretFile.read(
                path, "API key file", limit: RequestFields.textBytes)
            return String(decoding: content, as: UTF8.self)
        } catch {
            Exit.now(Exit.badData, "--api-key-file: \(error)")
        }
    }

    /// The text of a small file, or of an inherited descriptor.
    private static func read(_ path: String, _ option: String) -> String {
        do throws(ReadOnlyFileError) {
            let bytes = try ReadOnlyFile(path).readAll(limit: RequestFields.textBytes)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                Exit.now(Exit.badData, "\(option) \(path) is no UTF-8 text; save it as such")
            }
            return text
        } catch {
            Exit.now(
                Exit.badData,
                "\(option) \(path) \(error.words); it holds a key or some headers, no more")
        }
    }
}
