import Foundation
import Results
import Scratch
import Testing

@testable import Storage

@Suite("A run's folder that is made as a whole") struct NewRunFolderTests {
    private let scratch = ScratchFolder()

    private func names(_ path: String) -> [String]? {
        try? FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    private func make(_ path: String, commits: Bool) throws(FileProblem) {
        var folder = try NewRunFolder(at: path, outside: scratch.path + "/run")
        try folder.directory.write([1], to: RunFileName.manifest)
        if commits { folder.commit() }
    }

    @Test("Given up, it is gone with what was in it")
    func made() throws {
        let path = scratch.path + "/made"
        try make(path, commits: false)
        #expect(names(path) == nil && names(scratch.path) == [])
        try make(path, commits: true)
        #expect(names(path) == [RunFileName.manifest])
    }

    @Test("Given up, an empty folder that it was to be is as it lay there")
    func taken() throws {
        let path = scratch.path + "/taken"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        try make(path + "/", commits: false)
        #expect(names(path) == [])
        try make(path, commits: true)
        #expect(names(path) == [RunFileName.manifest])
    }

    @Test("Refused, a folder keeps what is in it")
    func refused() throws {
        let path = scratch.path + "/full"
        try make(path, commits: true)
        #expect(throws: FileProblem.self) { try make(path, commits: true) }
        #expect(names(path) == [RunFileName.manifest])
    }
}
