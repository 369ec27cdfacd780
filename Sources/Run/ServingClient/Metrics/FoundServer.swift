package import EventLoop

/// A target that was found before the run: whoever asks it anything else uses the same address.
package struct FoundServer: Hashable, Sendable {
    /// Its index among the client's targets.
    package let targetIndex: Int
    package let target: Target
    package let address: SocketAddress
}

extension ServingClient {
    /// Targets that were found, each URL once: two models of one server are two targets.
    package var foundServers: [FoundServer] {
        var servers: [FoundServer] = []
        for (targetIndex, address) in addresses.enumerated() {
            let target = targets[targetIndex]
            guard let address, !servers.contains(where: { $0.target == target }) else { continue }
            servers.append(
                FoundServer(targetIndex: targetIndex, target: target, address: address))
        }
        return servers
    }
}
