import Glibc
import Testing
import Wire

@testable import Transport

/// A folder of its own for a test's files; removed at the end.
final class TemporaryFolder {
    let path: String
    private var names: [String] = []

    init() {
        var template = Array("/tmp/legato-test-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit {
        for name in names { unlink(name) }
        rmdir(path)
    }

    func file(_ name: String) -> String {
        names.append("\(path)/\(name)")
        return "\(path)/\(name)"
    }

    func write(_ text: String, to name: String, mode: mode_t) -> String {
        let file = file(name)
        let descriptor = open(file, O_WRONLY | O_CREAT, 0o600)
        let bytes = Array(text.utf8)
        #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        #expect(fchmod(descriptor, mode) == 0)
        close(descriptor)
        return file
    }
}

@Suite struct SharedTokenTests {
    static let digits = String(repeating: "0123456789abcdef", count: 4)

    @Test func tokensDifferAndDoNotPrint() {
        let (a, b) = (SharedToken.generate(), SharedToken.generate())
        #expect(a != b)
        #expect("\(a)" == "***")
        #expect(String(reflecting: a) == "***")
        var dumped = ""
        dump(a, to: &dumped)
        #expect(!dumped.contains(a.secretText) && !dumped.contains("\(a.bytes[0]), "))
    }

    @Test func writtenFormIsReadBack() throws {
        let token = SharedToken.generate()
        #expect(try SharedToken(parsing: (token.secretText + " \r\n").utf8) == token)
        #expect(try SharedToken(parsing: Self.digits.uppercased().utf8).secretText == Self.digits)
    }

    @Test(arguments: ["", "ab", String(digits.dropLast()), digits + "0", digits + "\n0"])
    func shortAndLongTextsAreRefused(text: String) {
        #expect(throws: TokenError.wrongLength(text.utf8.count)) {
            try SharedToken(parsing: text.utf8)
        }
    }

    @Test func otherDigitsAreRefused() {
        #expect(throws: TokenError.notHexadecimal) {
            try SharedToken(parsing: ("g" + Self.digits.dropFirst()).utf8)
        }
    }

    @Test func fileKeepsItToItsOwner() throws {
        let folder = TemporaryFolder()
        let token = SharedToken.generate()
        let path = folder.file("token")
        try token.write(to: path)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(try SharedToken.load(path: path) == token)
        #expect(throws: TokenError.exists(path: path)) { try token.write(to: path) }
        // Being told to replace it also takes back a mode that was too open.
        #expect(chmod(path, 0o644) == 0)
        let second = SharedToken.generate()
        try second.write(to: path, replacing: true)
        #expect(try SharedToken.load(path: path) == second)
    }

    private func problem(_ path: String, _ kind: SecretFileError.Kind) -> TokenError {
        .unusable(SecretFileError(path: path, noun: "token file", kind: kind))
    }

    @Test func aLongFileIsNoToken() {
        let folder = TemporaryFolder()
        let path = folder.write(String(repeating: Self.digits, count: 5), to: "token", mode: 0o600)
        #expect(throws: problem(path, .isLonger(than: 256))) { try SharedToken.load(path: path) }
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o610] as [mode_t])
    func openFilesAreRefused(mode: mode_t) {
        let folder = TemporaryFolder()
        let path = folder.write(Self.digits, to: "token", mode: mode)
        #expect(throws: problem(path, .isOpenToOthers(mode: mode))) {
            try SharedToken.load(path: path)
        }
    }

    @Test func linksFoldersAndMissingFilesAreRefused() {
        let folder = TemporaryFolder()
        let path = folder.write(Self.digits, to: "token", mode: 0o600)
        let link = folder.file("link")
        #expect(symlink(path, link) == 0)
        #expect(throws: problem(link, .isSymbolicLink)) { try SharedToken.load(path: link) }
        #expect(throws: problem(link, .isSymbolicLink)) {
            try SharedToken.generate().write(to: link, replacing: true)
        }
        #expect(throws: problem(folder.path, .isNotAFile)) {
            try SharedToken.load(path: folder.path)
        }
        let missing = folder.path + "/missing"
        #expect(throws: problem(missing, .unreadable(words: "No such file or directory"))) {
            try SharedToken.load(path: missing)
        }
    }

    @Test func malformedFileIsNamed() {
        let folder = TemporaryFolder()
        let path = folder.write("short\n", to: "token", mode: 0o600)
        #expect(throws: TokenError.malformed(path: path, .wrongLength(5))) {
            try SharedToken.load(path: path)
        }
    }

    @Test func inheritedPipeIsReadAndClosed() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let text = Array((Self.digits + "\n").utf8)
        #expect(write(ends[1], text, text.count) == text.count)
        close(ends[1])
        #expect(try SharedToken.load(path: "/dev/fd/\(ends[0])").secretText == Self.digits)
    }
}

@Suite struct KeyScheduleTests {
    static func bytes(_ hex: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = hex[...]
        while !rest.isEmpty {
            bytes.append(UInt8(rest.prefix(2), radix: 16)!)
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    /// RFC 5869, appendix A, test cases 1 and 3.
    @Test func hkdfVectors() {
        let input = [UInt8](repeating: 0x0b, count: 22)
        let first = KeySchedule.extract(
            salt: Self.bytes("000102030405060708090a0b0c"), input: input)
        #expect(
            KeySchedule.expand(first, info: Self.bytes("f0f1f2f3f4f5f6f7f8f9"), count: 42)
                == Self.bytes(
                    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                        + "34007208d5b887185865"
                ))
        let third = KeySchedule.extract(salt: [], input: input)
        #expect(
            KeySchedule.expand(third, info: [], count: 42)
                == Self.bytes(
                    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                        + "9d201395faa4b61a96c8"
                ))
    }

    @Test func purposesGetDifferentKeys() {
        let keys = KeySchedule(SharedToken(bytes: [UInt8](repeating: 7, count: 32)))
        let exporter = [UInt8](repeating: 1, count: 32)
        let agent = keys.proof(of: .agent, exporter: exporter)
        let coordinator = keys.proof(of: .coordinator, exporter: exporter)
        let another = keys.proof(of: .agent, exporter: [UInt8](repeating: 2, count: 32))
        let stranger = KeySchedule(SharedToken(bytes: [UInt8](repeating: 8, count: 32)))
        let all = [
            keys.tlsKey, agent, coordinator, another, stranger.tlsKey,
            stranger.proof(of: .agent, exporter: exporter),
        ]
        #expect(Set(all).count == all.count)
        #expect(all.allSatisfy { $0.count == 32 })
    }
}
