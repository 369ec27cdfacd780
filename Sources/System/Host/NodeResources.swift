/// The means of this node that a load may run short of, as the kernel tells them; nil and empty
/// where it does not.
package struct NodeResources: Hashable, Sendable {
    /// Processors that this process may run on.
    package var processors: Int
    /// Cores that its control group gives it; nil for no bound.
    package var coreQuota: Double?
    /// Cores that other processes kept busy while it was looked at.
    package var othersCores = 0.0
    /// Files that a process may hold open once it has raised its limit as far as it may.
    package var openFiles: Int
    /// Ports for connections that ask for none, to each server's address.
    package var ports: Int?
    /// Bytes that may still be taken.
    package var memoryBytes: UInt64?
    /// NUMA nodes that have processors, ascending.
    package var numaNodes: [NUMANode]
    /// Network interfaces that are up and whose device has a NUMA node.
    package var interfaces: [Interface]
    /// Frequency governors of the processors, each once, in order of name.
    package var governors: [String]

    package struct NUMANode: Hashable, Sendable {
        package var number: Int
        package var processors: [Int]

        package init(number: Int, processors: [Int]) {
            self.number = number
            self.processors = processors
        }
    }

    package struct Interface: Hashable, Sendable {
        package var name: String
        package var numaNode: Int

        package init(name: String, numaNode: Int) {
            self.name = name
            self.numaNode = numaNode
        }
    }

    package init(
        processors: Int, coreQuota: Double? = nil, openFiles: Int, ports: Int? = nil,
        memoryBytes: UInt64? = nil, numaNodes: [NUMANode] = [], interfaces: [Interface] = [],
        governors: [String] = []
    ) {
        self.processors = processors
        self.coreQuota = coreQuota
        self.openFiles = openFiles
        self.ports = ports
        self.memoryBytes = memoryBytes
        self.numaNodes = numaNodes
        self.interfaces = interfaces
        self.governors = governors
    }

    /// Cores that this process gets at most.
    package var cores: Double { min(Double(processors), coreQuota ?? .infinity) }
    /// Those of them that others leave.
    package var freeCores: Double { max(0, cores - othersCores) }
    /// Whether others leave no whole core: a thread without priority then waits for its turn.
    package var isCrowded: Bool { freeCores < 1 }
}
