import Host
import PlainText
import Workload

extension HeadroomReport {
    /// Sentences about what is scarce, and about the node's layout where that matters.
    package var advice: [String] {
        let scarce = needs.filter { $0.share > HeadroomVerdict.tightShare }.map { scarcity($0) }
        return scarce + remarks + layout
    }

    /// The sentence for one need: what is scarce, and what to do.
    package func scarcity(_ need: HeadroomNeed) -> String {
        let times = "\(Figures.short(need.share)) times"
        let share = need.share > 10 ? times : "\(Figures.percent(need.share)) of"
        return switch need.kind {
        case .client:
            "the plan's peak takes \(share) what one client drives here; use more agents, a lower "
                + "rate" + (capacity.bound != .busy ? " or an idle node" : "")
        case .cores:
            "\(Figures.count(plan.agents, "agent")) here would take \(share) this process's cores; "
                + "start fewer of them here, or agents on other nodes"
        case .openFiles:
            "\(Figures.short(plan.peak.streams)) streams take \(share) the files that an agent may "
                + "hold open; raise the limit (ulimit -n, or LimitNOFILE of the unit) to "
                + "\(Int(2 * need.needed))"
        case .ports:
            "connections to one address take \(share) the ports that the kernel gives them; widen "
                + "net.ipv4.ip_local_port_range, "
                + (plan.connections == .fresh ? "keep connections, " : "")
                + "or spread the load over more addresses"
        case .memory:
            "the run takes \(share) the memory that is left; end what holds it, or plan fewer "
                + "requests"
        }
    }

    private var remarks: [String] {
        var sentences: [String] = []
        if node.isCrowded {
            sentences.append(
                "others took \(Figures.short(node.othersCores)) of \(Figures.short(node.cores)) "
                    + "cores meanwhile: a client that takes over half of one gives its priority "
                    + "back, and is late among them; use an idle node")
        }
        if source.isLimit {
            sentences.append(
                "the local source was full at \(Figures.percent(source.sent)) of what it should "
                    + "have sent: the client's limit follows from its cost alone")
        }
        if plan.speaksTLS {
            sentences.append(
                "the servers speak TLS and the local source does not: a token costs the client "
                    + "more than was measured")
        }
        return sentences
    }

    private var layout: [String] {
        var sentences: [String] = []
        if node.numaNodes.count > 1 {
            let numbers = node.numaNodes.map { "\($0.number)" }.joined(separator: ", ")
            let near = node.interfaces.map { "\($0.name) is on \($0.numaNode)" }
            let best = node.interfaces.first?.numaNode ?? node.numaNodes[0].number
            sentences.append(
                "this node has NUMA nodes \(numbers)"
                    + (near.isEmpty ? "" : " (\(near.joined(separator: ", ")))")
                    + "; keep an agent on one, where its packets arrive: "
                    + "numactl --cpunodebind=\(best) --membind=\(best) legato agent ...")
        }
        if node.governors.contains("powersave") {
            sentences.append(
                "processors have the governor powersave, and wake slowly; "
                    + "`cpupower frequency-set -g performance` until the run is over")
        }
        return sentences
    }
}
