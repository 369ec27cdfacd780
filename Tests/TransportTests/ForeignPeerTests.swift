import EventLoop
import Glibc
import LoopRuns
import Testing
import Wire

@testable import Transport

/// Peers of another make: the openssl program, where it is installed.
@Suite(.enabled(if: access("/usr/bin/openssl", X_OK) == 0))
struct ForeignPeerTests {
    static let program = "/usr/bin/openssl"
    static let token = SharedToken(bytes: [UInt8](repeating: 1, count: 32))

    /// A certificate of its own making, and its key.
    static func makeCertificate(in folder: TemporaryFolder) async throws -> (String, String) {
        let (certificate, key) = (folder.file("certificate"), folder.file("key"))
        let loop = try EventLoop(name: "openssl")
        let exit: ChildExit? = await loop.runUntilDone { done in
            var child: ChildProcess?
            child = try? ChildProcess.spawn(
                loop: loop, executable: program,
                arguments: [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-subj", "/CN=localhost", "-days", "1", "-keyout", key, "-out",
                    certificate,
                ], standardOutput: .discarded, standardError: .discarded
            ) { exit in
                child?.close()
                done(exit)
            }
            if child == nil { done(nil) }
        }
        #expect(exit == .exited(status: 0))
        return (certificate, key)
    }

    /// A server that answers our offer of a key with a certificate: nothing was proved.
    @Test func certificateInsteadOfTheKeyIsRefused() async throws {
        let folder = TemporaryFolder()
        let (certificate, key) = try await Self.makeCertificate(in: folder)
        let text = try await Network.run { network in
            network.awaitLines(1)
            var isConnected = false
            var output = ""
            try network.spawn(
                Self.program,
                [
                    "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key,
                    "-tls1_3", "-no_middlebox", "-www",
                ]
            ) { bytes in
                output += bytes
                // "ACCEPT 127.0.0.1:40123"
                guard !isConnected,
                    let line = output.split(separator: "\n").first(where: {
                        $0.hasPrefix("ACCEPT 127") && output.contains("\($0)\n")
                    }), let address = HostPort(parsing: String(line.dropFirst("ACCEPT ".count)))
                else { return }
                isConnected = true
                let agent = network.connect(to: address, security: .psk(Self.token))
                agent.onUp = { network.hear("up") }
            }
        }
        #expect(text.hasPrefix("closed: TLS failed: certificate verify failed"))
    }

    /// Clients by what they hold, and why each is turned away.
    @Test(
        arguments: [
            // No key at all.
            ([], "refused: TLS failed: "),
            // Our key, but another identity.
            (["-psk", "KEY", "-psk_identity", "stranger"], "refused: TLS failed: "),
            // Our identity, another key.
            (["-psk", "00", "-psk_identity", "legato"], "refused: TLS failed: "),
            // The key of TLS, which proves no role.
            (
                ["-psk", "KEY", "-psk_identity", "legato"],
                "refused: the peer did not prove its role: "
            ),
        ] as [([String], String)])
    func clientsAreTurnedAway(options: [String], reason: String) async throws {
        let key = KeySchedule(Self.token).tlsKey
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let arguments = options.map { $0 == "KEY" ? key : $0 }
        let text = try await Network.run { network in
            network.awaitLines(1)
            let address = try network.listen(security: .psk(Self.token)) { _ in network.hear("up") }
            var input: [Int32] = [0, 0]
            #expect(pipe(&input) == 0)
            let words = [UInt8](repeating: 0x21, count: 64) + [0x0a]
            #expect(write(input[1], words, words.count) == words.count)
            // The shell gives the pipe to standard input, which ChildProcess leaves empty.
            let command =
                ([
                    "exec", Self.program, "s_client", "-connect", "\(address)", "-tls1_3",
                    "-no_middlebox", "-quiet", "-ciphersuites", "TLS_AES_128_GCM_SHA256",
                    "-curves", "X25519",
                ] + arguments + ["<&3"]).joined(separator: " ")
            try network.spawn("sh", ["-c", command], inheritedDescriptors: [input[0]]) { _ in }
            close(input[0])
            close(input[1])
        }
        #expect(text.hasPrefix(reason))
    }
}
