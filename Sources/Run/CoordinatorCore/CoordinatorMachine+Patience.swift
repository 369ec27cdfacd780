extension CoordinatorMachine {
    /// How long the coordinator is patient, in ns.
    package struct Patience: Hashable, Sendable {
        /// From the first fact until all agents have joined.
        package var joinNs: Int64
        /// From the last agent's joining until all are ready.
        package var readyNs: Int64
        /// From the instant all are ready to the start.
        package var leadNs: Int64

        package init(
            joinNs: Int64 = 300_000_000_000, readyNs: Int64 = 120_000_000_000,
            leadNs: Int64 = 2_000_000_000
        ) {
            self.joinNs = joinNs
            self.readyNs = readyNs
            self.leadNs = leadNs
        }
    }
}
