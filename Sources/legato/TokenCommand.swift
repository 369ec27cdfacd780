import ArgumentParser
import Transport

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Print a new secret for --token-file, or write it to a file.",
        discussion: """
            Coordinator and agents prove to each other that they hold the same token. Whoever \
            holds it is trusted as coordinator: keep the file readable by its owner only.
            """)

    @Option(
        help: "Write the token to this file, mode 0600, instead of printing it.",
        completion: .file())
    var out: String?

    func run() throws {
        let token = SharedToken.generate()
        guard let out else {
            print(token.secretText)
            return
        }
        do throws(TokenError) {
            try token.write(to: out)
        } catch {
            Exit.now(Exit.failed, "\(error)")
        }
    }
}
