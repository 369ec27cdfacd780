import Glibc

extension NodeResources {
    /// Processors whose governor is looked at: they hardly ever differ.
    private static let processorsAsked = 64

    /// The resources as they are now.
    package static func read() -> NodeResources {
        let groups = ControlGroup.folders(cgroup: KernelFile.contents(of: "/proc/self/cgroup"))
        let quota = groups.compactMap {
            ControlGroup.cores(cpuMax: KernelFile.firstLine(of: $0 + "/cpu.max"))
        }.min()
        let left = groups.compactMap {
            MemoryFacts.left(
                max: KernelFile.firstLine(of: $0 + "/memory.max"),
                current: KernelFile.firstLine(of: $0 + "/memory.current"))
        }
        let free = MemoryFacts.available(meminfo: KernelFile.contents(of: "/proc/meminfo"))
        return NodeResources(
            processors: processors, coreQuota: quota, openFiles: openFiles,
            ports: PortRange.parse(
                KernelFile.firstLine(of: "/proc/sys/net/ipv4/ip_local_port_range"))?.count,
            memoryBytes: (left + [free].compactMap(\.self)).min(),
            numaNodes: numaNodes, interfaces: interfaces, governors: governors)
    }

    private static var processors: Int {
        CPUList.allowed(status: KernelFile.contents(of: "/proc/self/status"))?.count
            ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    private static var openFiles: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 1_024
        }
        return Int(clamping: limit.rlim_max)
    }

    private static var numaNodes: [NUMANode] {
        let folder = "/sys/devices/system/node"
        let numbers = CPUList.parse(KernelFile.firstLine(of: folder + "/online")) ?? []
        return numbers.compactMap { number in
            let text = KernelFile.firstLine(of: "\(folder)/node\(number)/cpulist")
            // A node of memory alone lists none.
            guard let processors = CPUList.parse(text), !processors.isEmpty else { return nil }
            return NUMANode(number: number, processors: processors)
        }
    }

    private static var interfaces: [Interface] {
        KernelFile.names(in: "/sys/class/net").compactMap { name in
            let folder = "/sys/class/net/\(name)"
            guard KernelFile.firstLine(of: folder + "/operstate") == "up",
                let node = Int(KernelFile.firstLine(of: folder + "/device/numa_node")), node >= 0
            else { return nil }
            return Interface(name: name, numaNode: node)
        }
    }

    private static var governors: [String] {
        let numbers =
            CPUList.parse(KernelFile.firstLine(of: "/sys/devices/system/cpu/online")) ?? []
        let found = numbers.prefix(processorsAsked).map { number in
            KernelFile.firstLine(
                of: "/sys/devices/system/cpu/cpu\(number)/cpufreq/scaling_governor")
        }
        return Set(found.filter { !$0.isEmpty }).sorted()
    }
}
