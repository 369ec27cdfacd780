import Glibc
import Randomness
import Scratch
import Testing

@testable import Storage

@Suite struct PrivateFolderTests {
    private let scratch = ScratchFolder()

    private func refusal(_ path: String) -> String {
        do {
            _ = try PrivateFolder(path: path)
            return "no refusal"
        } catch {
            return "\(error)"
        }
    }

    @Test func itIsMadePrivateWithWhatLeadsToIt() throws {
        let path = scratch.path + "/a/b/c"
        _ = try PrivateFolder(path: path)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
    }

    @Test func aLinkIsNotFollowed() throws {
        let real = scratch.path + "/real"
        _ = try PrivateFolder(path: real)
        #expect(symlink(real, scratch.path + "/link") == 0)
        #expect(refusal(scratch.path + "/link").contains("symbolic link"))

        let folder = try PrivateFolder(path: real)
        #expect(symlink("/etc/passwd", real + "/identity") == 0)
        #expect(throws: StorageError.self) { try PrivateFile(in: folder, name: "identity") }
    }

    @Test func aFolderOpenToOthersIsRefused() {
        let path = scratch.path + "/open"
        #expect(mkdir(path, 0o700) == 0)
        #expect(chmod(path, 0o750) == 0)
        #expect(refusal(path).hasSuffix("make it private with chmod 700"))
    }

    @Test(.enabled(if: geteuid() == 0)) func somebodyElsesFolderIsRefused() {
        let path = scratch.path + "/other"
        #expect(mkdir(path, 0o700) == 0)
        #expect(chown(path, 12_345, 12_345) == 0)
        #expect(refusal(path).contains("belongs to user 12345"))
    }

    @Test func aSecondHolderIsToldWhoHasIt() throws {
        let first = try PrivateFolder(path: scratch.path + "/spool")
        let held = try first.lock()
        let second = try PrivateFolder(path: scratch.path + "/spool")
        let error = #expect(throws: StorageError.self) { try second.lock() }
        #expect(error?.description.contains("process \(getpid()) is using it") == true)
        withExtendedLifetime(held) {}
    }

    @Test func theLockEndsWithItsHolder() throws {
        let folder = try PrivateFolder(path: scratch.path + "/spool")
        do { _ = try folder.lock() }
        _ = try folder.lock()
    }

    @Test func replacingLeavesOneWholeFile() throws {
        let folder = try PrivateFolder(path: scratch.path + "/spool")
        try folder.replace("state", with: Array("a long first content".utf8))
        try folder.replace("state", with: Array("short".utf8))
        #expect(try folder.names() == ["state"])
        let file = try PrivateFile(in: folder, name: "state")
        #expect(try file.read(0..<100) == Array("short".utf8))
    }

    @Test func anAgentKeepsItsIdentityAndCountsItsStarts() throws {
        var generator = SplitMix64(seed: 1)
        let folder = try PrivateFolder(path: scratch.path + "/spool")
        let first = try AgentIdentityFile.start(in: folder, using: &generator)
        let second = try AgentIdentityFile.start(in: folder, using: &generator)
        #expect(first.identity == second.identity)
        #expect(first.incarnation == 1)
        #expect(second.incarnation == 2)
        try folder.replace("identity", with: Array("rubbish".utf8))
        #expect(throws: StorageError.self) {
            try AgentIdentityFile.start(in: folder, using: &generator)
        }
    }

    @Test(arguments: [
        ("node-7", "node-7"), ("a/b", "a%2Fb"), ("..", "%2E."), ("", "%"), ("a.b_c", "a.b_c"),
        ("é", "%C3%A9"), ("a%2Fb", "a%252Fb"),
    ])
    func aNameIsOneComponent(_ name: String, _ component: String) {
        #expect(SpoolLocation.component(name) == component)
        #expect(SpoolLocation.standard(agent: name).hasSuffix("/" + component))
    }
}
