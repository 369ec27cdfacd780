package import Bytes

/// An agent's identity across its restarts: made once, with a count of starts, in the file
/// `identity` of its spool folder.
package struct AgentIdentityFile: Hashable, Sendable {
    package var identity: AgentIdentity
    /// Grows by one at each start, from 1.
    package var incarnation: UInt64

    private static let name = "identity"

    /// Reads the file, counts this start and makes that durable before it returns; makes a new
    /// identity where there is no file.
    ///
    /// - Parameter folder: the agent's spool folder, locked by the caller.
    /// - Throws: ``StorageError`` when the file holds anything else.
    package static func start(
        in folder: PrivateFolder, using generator: inout some RandomNumberGenerator
    ) throws(StorageError) -> AgentIdentityFile {
        let file = try PrivateFile(in: folder, name: name)
        let text = String(decoding: try file.read(0..<256), as: UTF8.self)
        var state: AgentIdentityFile
        if text.isEmpty {
            state = AgentIdentityFile(
                identity: AgentIdentity(using: &generator), incarnation: 0)
        } else {
            let parts = text.split(whereSeparator: { $0 == " " || $0 == "\n" })
            guard parts.count == 2, let identity = AgentIdentity(parts[0]),
                let incarnation = UInt64(parts[1]), incarnation < .max
            else {
                throw StorageError(
                    file.path, "read",
                    refusal: "it holds no agent's identity; remove the spool folder if nothing in "
                        + "it is needed")
            }
            state = AgentIdentityFile(identity: identity, incarnation: incarnation)
        }
        state.incarnation += 1
        try folder.replace(
            name, with: Array("\(state.identity) \(state.incarnation)\n".utf8))
        return state
    }
}
