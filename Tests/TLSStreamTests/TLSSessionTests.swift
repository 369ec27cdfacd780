import TargetFixtures
import Testing

@testable import TLSStream

/// Two ends of TLS on one thread, and whatever a network may do between them.
@Suite struct TLSSessionTests {
    private let file = AuthorityFile()

    /// Both ends, before the handshake.
    private func ends(
        host: String = "localhost", certificate: TestCertificate? = nil, verifies: Bool = true
    ) throws -> (client: TLSSession, server: TLSSession) {
        var trust = TLSTrust()
        trust.authoritiesFile = verifies ? file.path : nil
        trust.verifies = verifies
        let certificate =
            certificate
            ?? TestCertificate(
                subject: "a server", names: TestCertificate.loopback, issuer: file.authority)
        let client = try TLSClientContext(trust).makeSession(host: host)
        return (client, TestServerContext(certificate).makeSession())
    }

    private func carry(_ bytes: [UInt8], to end: TLSSession) {
        bytes.withUnsafeBytes { end.add($0) }
    }

    /// Shakes hands, the bytes passing in pieces of `piece`.
    private func shake(
        _ client: TLSSession, _ server: TLSSession, piece: Int = .max
    ) throws(TLSFault) {
        for _ in 0..<8 {
            for (from, to) in [(client, server), (server, client)] {
                if !from.isEstablished { _ = try from.advanceHandshake() }
                var rest = from.takeOutput()[...]
                while !rest.isEmpty {
                    carry(Array(rest.prefix(piece)), to: to)
                    rest = rest.dropFirst(piece)
                    if !to.isEstablished { _ = try to.advanceHandshake() }
                }
            }
        }
    }

    private func text(_ end: TLSSession) throws(TLSFault) -> String? {
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: TLSSession.recordBytes, alignment: 16)
        defer { buffer.deallocate() }
        guard case .bytes(let count) = try end.read(into: buffer) else { return nil }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    @Test(arguments: [1, 2, 5, 100, Int.max])
    func bytesPassWhateverTheSplit(piece: Int) throws {
        let (client, server) = try ends()
        try shake(client, server, piece: piece)
        #expect(client.isEstablished && server.isEstablished)
        #expect(client.version == "TLSv1.3" && !client.cipher.isEmpty)
        try server.write(Array("tokens".utf8)[...])
        var rest = server.takeOutput()[...]
        var found: [String] = []
        while !rest.isEmpty {
            carry(Array(rest.prefix(piece)), to: client)
            rest = rest.dropFirst(piece)
            while client.holdsInput, let text = try text(client) { found.append(text) }
        }
        #expect(found == ["tokens"] && !client.holdsInput)
        server.close()
        carry(server.takeOutput(), to: client)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 16)
        defer { buffer.deallocate() }
        #expect(try client.read(into: buffer) == .ended)
    }

    @Test(arguments: [1, 100, 1_024, 100_000])
    func outputIsHandedOnOnce(count: Int) throws {
        let (client, server) = try ends()
        try shake(client, server)
        let bytes = [UInt8](repeating: 0x61, count: count)
        try bytes.withUnsafeBytes(server.write)
        var calls = 0
        server.sendOutput { records in
            calls += 1
            client.add(records)
        }
        server.sendOutput { _ in calls += 1 }
        #expect(calls == 1 && !server.holdsOutput)
        var found = 0
        while client.holdsInput, let text = try text(client) { found += text.utf8.count }
        #expect(found == count)
    }

    @Test func aKeyUpdateIsAnswered() throws {
        let (client, server) = try ends()
        try shake(client, server)
        #expect(try text(client) == nil && !client.holdsOutput)
        server.updateKeys()
        try server.write([0x61])
        carry(server.takeOutput(), to: client)
        #expect(try text(client) == "a")
        #expect(try text(client) == nil)
        try client.write([0x62])
        carry(client.takeOutput(), to: server)
        #expect(try text(server) == "b")
    }

    /// Every byte of a record is bound: changed anywhere, nothing comes out of it.
    @Test func aRecordThatWasChangedFails() throws {
        for offset in [0, 1, 3, 4, 5, 8, 20] {
            let (client, server) = try ends()
            try shake(client, server)
            while try text(client) != nil {}
            try server.write(Array("tokens".utf8)[...])
            var record = server.takeOutput()
            record[offset] ^= 0x10
            carry(record, to: client)
            do throws(TLSFault) {
                // A length that grew waits for bytes that never come.
                let found = try text(client)
                #expect(found == nil && (3...4).contains(offset), "byte \(offset)")
            } catch {
                if case .certificate = error { Issue.record("byte \(offset): \(error)") }
            }
        }
    }

    @Test func aRefusalTellsTheOtherSide() throws {
        let stranger = TestCertificate(subject: "a", names: TestCertificate.loopback)
        let (client, server) = try ends(certificate: stranger)
        let fault = #expect(throws: TLSFault.self) { try shake(client, server) }
        guard case .certificate(let certificate)? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(certificate.kind == .selfSigned && !certificate.words.isEmpty)
        carry(client.takeOutput(), to: server)
        let told = #expect(throws: TLSFault.self) { try server.advanceHandshake() }
        #expect(told == .alert("unknown ca"))
    }

    @Test(
        arguments: [
            ("localhost", "DNS:localhost", nil), ("localhost.", "DNS:localhost", nil),
            ("a.some.example", "DNS:*.some.example", nil), ("10.0.0.1", "IP:10.0.0.1", nil),
            ("::1", "IP:::1", nil), ("a.b.some.example", "DNS:*.some.example", .wrongName),
            ("localhost", "DNS:local", .wrongName), ("10.0.0.1", "DNS:10.0.0.1", .wrongName),
            ("::1", "IP:::2", .wrongName), ("ab.some.example", "DNS:a*.some.example", .wrongName),
        ] as [(String, String, CertificateFault.Kind?)])
    func theNameMustBeTheCertificates(
        host: String, names: String, kind: CertificateFault.Kind?
    ) throws {
        let certificate = TestCertificate(subject: "x", names: names, issuer: file.authority)
        let (client, server) = try ends(host: host, certificate: certificate)
        do throws(TLSFault) {
            try shake(client, server)
            #expect(kind == nil && client.isEstablished)
        } catch {
            guard case .certificate(let fault) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(fault.kind == kind)
        }
    }

    @Test func withoutVerificationEverybodyIsTaken() throws {
        let stranger = TestCertificate(subject: "a", names: "DNS:b", validity: -20 ..< -10)
        let (client, server) = try ends(certificate: stranger, verifies: false)
        try shake(client, server)
        #expect(client.isEstablished)
    }

    @Test func bytesThatAreNoTLSFail() throws {
        let (client, _) = try ends()
        _ = try client.advanceHandshake()
        carry(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), to: client)
        let fault = #expect(throws: TLSFault.self) { try client.advanceHandshake() }
        #expect(fault?.words.isEmpty == false)
    }
}
