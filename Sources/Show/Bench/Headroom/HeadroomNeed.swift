/// One means of a node, beside what the plan takes of it.
package struct HeadroomNeed: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The busy share of each client's loop.
        case client
        /// Cores of all clients of the node.
        case cores
        /// Files of one agent's process.
        case openFiles = "open_files"
        /// Ports to one server's address.
        case ports
        /// Bytes of all that runs here.
        case memory
    }

    package var kind: Kind
    /// Both in the kind's own unit.
    package var needed: Double
    package var available: Double

    package init(_ kind: Kind, needed: Double, available: Double) {
        self.kind = kind
        self.needed = needed
        self.available = available
    }

    /// The part of the means that the plan takes: above 1 it does not fit.
    package var share: Double {
        needed <= 0 ? 0 : available > 0 ? needed / available : .infinity
    }
}

/// The answer to whether a node can drive a plan.
package enum HeadroomVerdict: String, Hashable, Sendable {
    case fits
    /// Over half of a means is taken.
    case tight
    case doesNotFit = "does_not_fit"

    /// The share of a means from which on a plan is tight.
    package static let tightShare = 0.5

    /// The verdict for the greatest share of a means, 0 or more.
    package init(share: Double) {
        self = share > 1 ? .doesNotFit : share > Self.tightShare ? .tight : .fits
    }
}
