import Testing
import Wire

@testable import Host

@Suite("The facts of this host")
struct HostFactsTests {
    @Test("Each is a line without its end")
    func lines() {
        let facts = HostFacts.read()
        for text in [ThisHost.bootID, facts.hostname, facts.kernel, facts.clockSource] {
            #expect(!text.contains("\n"))
        }
        #expect(ThisHost.bootID.utf8.count == 36)
    }

    @Test("Memory is all that the host has, not what is free")
    func memory() throws {
        let line = KernelFile.firstLine(of: "/proc/meminfo")
        let total = try #require(UInt64(line.filter(\.isNumber)), "\(line)")
        #expect(HostFacts.read().memoryBytes == total * 1_024)
    }
}
