import PlainText
package import TokenLog

/// When the client, not the server, was the limit.
///
/// The bounds are constants and not options: a figure that needs them moved is not a figure.
extension ClientAudit {
    /// Sends below which lateness is not judged: the 99th percentile of fewer is their worst one
    /// or two, which any machine's hiccup can be.
    package static let fewestSends: UInt64 = 100
    /// The 99th percentile of sent minus scheduled above which requests did not arrive as planned,
    /// ns. A first token on a GPU takes tens of milliseconds; 1 ms is a few percent of it.
    package static let largestLatenessNs: Int64 = 1_000_000
    /// The lateness of a single send, of however many, that no hiccup explains, ns: the process was
    /// stopped, or its node gave it no CPU or no connection.
    package static let largestStallNs: Int64 = 1_000_000_000
    /// The busy share of the load's loop, in thousandths, that is allowed.
    package static let busiestLoopPermille = Overload.permille
    /// Length below which the loop's share is not judged: the start's own work weighs too much, ns.
    package static let shortestNs: UInt64 = 1_000_000_000
    /// The share of events without a kernel stamp that is worth a sentence.
    package static let notableFallback = 0.05
    /// The 99th percentile of the delay from kernel to callback that is worth a sentence, ns;
    /// stamps are the kernel's, so it spoils no figure.
    package static let notableReadDelayNs: Int64 = 10_000_000

    /// The share of events that shared a read with another, which is worth a sentence: they have
    /// one stamp, the newest's, and no gap between them.
    package static let notableJoined = 0.05
    /// Bytes waiting at a read, at p99, that are worth a sentence: the read's whole buffer.
    package static let notableWaitingBytes: Int64 = 64 << 10
    /// The share of kernel stamps that were not used, being older than the stream's newest or ahead
    /// of the clock, which is worth a sentence: on a steady clock there are none.
    package static let notableOutOfOrder = 0.001

    /// The share of requests that a time limit ended, which is worth a sentence.
    package static let notableTimeouts = 0.01

    /// Why this agent's part is not valid, a clause each; empty where the client kept up.
    package var limits: [String] {
        var reasons: [String] = []
        if sends >= Self.fewestSends, latenessP99Ns > Self.largestLatenessNs {
            reasons.append(
                "the client, not the server, was the limit: requests left "
                    + "\(Figures.span(latenessP99Ns)) late at p99, and 1 ms is allowed; use more "
                    + "agents, a lower rate or an idle node")
        }
        if latenessMaxNs > Self.largestStallNs {
            reasons.append(
                "the client stood still: a request left \(Figures.span(latenessMaxNs)) late; was "
                    + "the agent stopped, its node out of CPU, or no connection to be had?")
        }
        if wallNs >= Self.shortestNs, busyPermille > Self.busiestLoopPermille {
            reasons.append(
                "the client, not the server, was the limit: its loop was "
                    + "\(Figures.percent(Double(busyPermille) / 1_000)) busy, and 80 % is allowed; "
                    + "use more agents or a lower rate")
        }
        return reasons
    }

    /// The stretches of the run, from 0 to `end` ns, in which the part of the agent `name` is not
    /// valid: all of it by ``limits``, else those in which its loop was too busy.
    package func invalid(name: String, until end: Int64) -> [InvalidInterval] {
        let limits = limits
        guard limits.isEmpty, overload.totalNs > 0 else {
            return limits.map {
                InvalidInterval(node: name, cause: .client, from: 0, to: end, reason: $0)
            }
        }
        return [
            InvalidInterval(
                node: name, cause: .client, from: Int64(clamping: overload.fromNs),
                to: Int64(clamping: overload.toNs),
                reason: "the client, not the server, was the limit: its loop was up to "
                    + "\(Figures.percent(Double(busiestPermille) / 1_000)) busy for "
                    + "\(Figures.span(Int64(clamping: overload.totalNs))), and 80 % is allowed; "
                    + "stamps, sends and time limits of then are its own; use more agents or a "
                    + "lower rate")
        ]
    }

    /// Further sentences about the agent `name` that a reader should know.
    package func remarks(name: String) -> [String] {
        var sentences: [String] = []
        if let share = fallbackShare, share > Self.notableFallback {
            sentences.append(
                "\(name) stamped \(Figures.percent(share)) of its events in its loop, the kernel "
                    + "gave no stamp: they are late by what the loop was busy; is a proxy or "
                    + "sandbox between client and server?")
        }
        if let delay = readDelay.upperBound(ofRank: 0.99), delay > Self.notableReadDelayNs {
            sentences.append(
                "\(name) took its reads \(Figures.span(delay)) after the kernel at p99: its node "
                    + "is busy; stamps are the kernel's, next turns of a session are late by it.")
        }
        if let share = joinedShare, share > Self.notableJoined {
            sentences.append(
                "\(name) found several events in one read for \(Figures.percent(share)) of its "
                    + "events: they carry one stamp, the newest's, and gaps between them are 0; "
                    + "the server joins them, or the node is busy.")
        }
        if let waiting = readWaiting.upperBound(ofRank: 0.99), waiting >= Self.notableWaitingBytes {
            sentences.append(
                "\(name) found its read buffer full at over 1 % of its reads: it reads no faster "
                    + "than its server sends, which may have waited for it; use more agents.")
        }
        if let share = outOfOrderShare, share > Self.notableOutOfOrder {
            sentences.append(
                "\(name) could not use \(Figures.percent(share)) of the kernel's stamps, older "
                    + "than their stream's newest or ahead of the clock: was its clock stepped?")
        }
        if timeouts > 0, sends > 0, Double(timeouts) > Self.notableTimeouts * Double(sends) {
            sentences.append(
                "\(name) ended \(timeouts) of its \(sends) requests by a time limit: their "
                    + "latencies are bounds, not figures; see `timeouts` of the scenario.")
        }
        return sentences
    }
}
