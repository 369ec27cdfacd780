import Transport

/// The protection of the connection between coordinator and agents.
enum SecurityOptions {
    /// The token of `tokenFile`, or none; the process's end where the file is not fit to be used.
    static func security(tokenFile: String?, insecure: Bool) -> Security {
        guard let tokenFile else { return .insecure(beyondLoopback: insecure) }
        do throws(TokenError) {
            return .psk(try SharedToken.load(path: tokenFile))
        } catch {
            Exit.now(Exit.badData, "\(error)")
        }
    }
}
