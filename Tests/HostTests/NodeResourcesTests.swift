import Testing
import Wire

@testable import Host

@Suite("What a node has, by the kernel's files")
struct NodeResourcesTests {
    @Test(
        "A list of processors",
        arguments: [
            ("0", [0]), ("0-3", [0, 1, 2, 3]), ("0-1,4,6-7", [0, 1, 4, 6, 7]),
        ] as [(String, [Int])])
    func lists(text: String, processors: [Int]) { #expect(CPUList.parse(text) == processors) }

    @Test(
        "A text that is no such list is none",
        arguments: [
            "0-", "-1", "3-1", "0,0", "1-3,2", "0-1-2", "a", ",", "0,", " 0", "65536",
            "0-99999999999999999999",
        ])
    func noLists(text: String) { #expect(CPUList.parse(text) == nil) }

    @Test func allowedProcessorsStandInTheStatus() {
        let status = "Name:\tlegato\nCpus_allowed:\t5\nCpus_allowed_list:\t0,2\nMems_allowed:\t1\n"
        #expect(CPUList.allowed(status: status) == [0, 2])
        #expect(CPUList.allowed(status: "Name:\tlegato\n") == nil)
        #expect(CPUList.allowed(status: "Cpus_allowed_list:\t\n") == nil)
    }

    @Test(
        "A range of ports",
        arguments: [
            ("32768\t60999", 32_768...60_999), ("1024 65535", 1_024...65_535), ("9 9", 9...9),
            ("9", nil), ("9 8", nil), ("0 9", nil), ("1 65536", nil), ("1 2 3", nil), ("", nil),
            ("a b", nil),
        ] as [(String, ClosedRange<Int>?)])
    func ports(text: String, range: ClosedRange<Int>?) { #expect(PortRange.parse(text) == range) }

    @Test func memoryIsThatWhichMayBeTaken() {
        let text = "MemTotal:       24684036 kB\nMemFree: 1 kB\nMemAvailable:    2048 kB\n"
        #expect(MemoryFacts.available(meminfo: text) == 2_097_152)
        #expect(MemoryFacts.available(meminfo: "MemTotal: 7 kB\n") == nil)
        #expect(MemoryFacts.available(meminfo: "MemAvailable: 7\n") == nil)
        #expect(MemoryFacts.available(meminfo: "MemAvailable: 18446744073709551615 kB") == nil)
    }

    @Test(
        arguments: [
            ("max", "5", nil), ("10", "4", 6), ("10", "11", 0), ("", "", nil), ("10", "", nil),
        ] as [(String, String, UInt64?)])
    func aGroupLeavesTheRest(max: String, current: String, left: UInt64?) {
        #expect(MemoryFacts.left(max: max, current: current) == left)
    }

    @Test(
        arguments: [
            ("150000 100000", 1.5), ("max 100000", nil), ("0 100000", nil), ("1", nil), ("", nil),
        ] as [(String, Double?)])
    func aGroupHasAQuotaOfCores(text: String, cores: Double?) {
        #expect(ControlGroup.cores(cpuMax: text) == cores)
    }

    @Test(
        arguments: [
            ("0::/a/b\n", ["/a/b", "/a", ""]), ("1:cpu:/x\n0::/a\n", ["/a", ""]), ("0::/\n", [""]),
            ("1:cpu:/x\n", [""]), ("", [""]), ("0::/../x\n", [""]),
        ] as [(String, [String])])
    func aGroupIsBoundedByThoseAboveIt(text: String, folders: [String]) {
        #expect(ControlGroup.folders(cgroup: text) == folders.map { "/sys/fs/cgroup" + $0 })
    }

    @Test func processorsWorkForOthersToo() throws {
        let begin = try #require(ProcessorTime.parse("cpu  8 1 3 40 2 0 1 5 0 0"))
        #expect(begin == ProcessorTime(busy: 18, all: 60))
        #expect(begin.processors(since: begin) == nil)
        let end = ProcessorTime(busy: 68, all: 160)
        let processors = try #require(NodeResourcesTests.online)
        #expect(end.processors(since: begin) == Double(processors) / 2)
        for text in ["cpu0 8 1 3 40 2 0 1 5", "cpu 8 1 3 40 2 0 1", "cpu a 1 3 40 2 0 1 5", ""] {
            #expect(ProcessorTime.parse(text) == nil)
        }
        #expect(ProcessorTime.parse("cpu 18446744073709551615 1 1 1 1 1 1 1") == nil)
        #expect(ProcessorTime.read() != nil)
    }

    private static let online = CPUList.parse(
        KernelFile.firstLine(of: "/sys/devices/system/cpu/online"))?.count

    @Test func aQuotaBoundsTheCores() {
        #expect(NodeResources(processors: 4, openFiles: 9).cores == 4)
        #expect(NodeResources(processors: 4, coreQuota: 1.5, openFiles: 9).cores == 1.5)
        #expect(NodeResources(processors: 1, coreQuota: 1.5, openFiles: 9).cores == 1)
    }

    @Test func thisNodeHasSome() {
        let node = NodeResources.read()
        #expect(node.processors >= 1 && node.openFiles >= 3)
        #expect(node.ports.map { $0 > 0 } ?? true)
        #expect(node.memoryBytes.map { $0 > 0 } ?? true)
        let total = HostFacts.read().memoryBytes
        #expect(node.memoryBytes.map { $0 <= total } ?? true)
    }
}
