package import Host

/// How far a plan is from what a node can drive.
package struct HeadroomReport: Hashable, Sendable {
    package var plan: HeadroomPlan
    package var node: NodeResources
    package var host: String
    package var capacity: ClientCapacity
    package var source: SourceUse
    package var needs: [HeadroomNeed]

    /// How the local source fared that the client was driven against.
    package struct SourceUse: Hashable, Sendable {
        /// The busy share of the busiest of its threads, in CPU time.
        package var busy: Double
        /// The part of what it should have sent that it sent, 0...1.
        package var sent: Double

        package init(busy: Double, sent: Double) {
            self.busy = busy
            self.sent = sent
        }

        /// Whether it, and not the client, was the limit of what was driven.
        package var isLimit: Bool { busy > 0.9 && sent < 0.95 }
    }

    package init(
        _ plan: HeadroomPlan, _ capacity: ClientCapacity, _ source: SourceUse,
        _ node: NodeResources, host: String
    ) {
        self.plan = plan
        self.node = node
        self.host = host
        self.capacity = capacity
        self.source = source
        needs = HeadroomNeed.list(plan, capacity, node)
    }

    /// The need that takes the greatest part of its means.
    package var scarcest: HeadroomNeed {
        guard let scarcest = needs.max(by: { $0.share < $1.share }) else {
            preconditionFailure("a client is always needed")
        }
        return scarcest
    }

    /// The part of the node's means that the plan takes, the scarcest one's.
    package var share: Double { scarcest.share }

    package var verdict: HeadroomVerdict { HeadroomVerdict(share: share) }
}
