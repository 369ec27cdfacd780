package import Goodput
package import JSON

/// How much of a score is written.
package enum ScoreDetail: Hashable, Sendable {
    /// The fields of the worked examples and no others: what scripts compare.
    case standard
    /// Further figures beside them: what a run's summary has.
    case full
}

extension Scoring {
    /// `{"requests": [...], "totals": {...}}` with the field names of the worked examples, and
    /// `further` members behind them.
    package func write(
        to writer: inout JSONWriter, _ detail: ScoreDetail = .standard,
        _ percentiles: PercentileRanks = .standard, beside further: [JSONMember] = []
    ) {
        writer.object { writer in
            writer.name("requests")
            writer.array { writer in
                for request in requests { request.write(to: &writer, detail) }
            }
            writer.name("totals")
            totals.write(to: &writer, detail, percentiles)
            for member in further {
                writer.name(member.name)
                writer.value(member.value)
            }
        }
    }
}

extension RequestScore {
    package func write(to writer: inout JSONWriter, _ detail: ScoreDetail = .standard) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("tokens", tokens)
            writer.member("outcome", outcome.rawValue)
            writer.member("ttft", ttft)
            writer.member("tpot", tpot)
            writer.member("tbt_max", tbtMax)
            writer.member("tbt_p99", tbtP99)
            writer.member("e2e", e2e)
            writer.member("idle", idle)
            writer.member("benefit", benefit)
            writer.member("deadlines_met", deadlinesMet)
            writer.member("slo_met", sloMet)
            writer.member("classic_met", classicMet)
            writer.member("fluidity", fluidity)
            writer.member("qoe", qoe)
            guard detail == .full else { return }
            writer.member("ttft_sent", ttftSent)
            writer.member("inter_chunk", interChunk)
            writer.member("events", events)
        }
    }
}

extension RunTotals {
    package func write(
        to writer: inout JSONWriter, _ detail: ScoreDetail = .standard,
        _ percentiles: PercentileRanks = .standard
    ) {
        writer.object { writer in
            writer.member("requests", requests)
            writer.member("interval", interval?.length ?? (requests == 0 ? 0 : nil))
            writer.member("tokens", tokens)
            writeRates(to: &writer)
            writer.member("qoe", qoe)
            let distributions: [(StaticString, Percentiles?)] = [
                ("ttft", ttft), ("tpot", tpot), ("idle", idle), ("e2e", e2e), ("tbt", tbt),
            ]
            for (name, distribution) in distributions {
                writer.name(name)
                Percentiles.write(distribution, to: &writer, detail, percentiles)
            }
            if detail == .full { writeFurther(to: &writer, percentiles) }
            guard let timeline else { return }
            writer.name("timeline")
            writer.object { writer in
                writer.member("bin", Timeline.bin)
                writer.name("smooth")
                writer.array { writer in timeline.smooth.forEach { writer.real($0) } }
            }
        }
    }

    private func writeRates(to writer: inout JSONWriter) {
        writer.member("throughput", throughput)
        writer.member("smooth_goodput", smoothGoodput)
        writer.member("slo_attainment", sloAttainment)
        writer.member("goodput", goodput)
        writer.member("classic_attainment", classicAttainment)
        writer.member("classic_request_goodput", classicRequestGoodput)
    }

    private func writeFurther(to writer: inout JSONWriter, _ percentiles: PercentileRanks) {
        writer.member("benefit", benefit)
        writer.member("negative_benefit", negativeBenefit)
        writer.member("begin", interval?.begin)
        writer.name("ttft_sent")
        Percentiles.write(ttftSent, to: &writer, .full, percentiles)
        writer.name("inter_chunk")
        Percentiles.write(interChunk, to: &writer, .full, percentiles)
        writer.name("outcomes")
        writer.object { writer in
            for outcome in RequestOutcome.allCases {
                writer.name(outcome.rawValue)
                writer.integer(Int64(outcomes[outcome]))
            }
        }
    }
}

extension Percentiles {
    /// The figures of `distribution`, all null where it is nil.
    ///
    /// - Parameter percentiles: Those that are listed.
    package static func write(
        _ distribution: Percentiles?, to writer: inout JSONWriter, _ detail: ScoreDetail,
        _ percentiles: PercentileRanks = .standard
    ) {
        writer.object { writer in
            for rank in percentiles.ranks {
                writer.name(rank.name)
                writer.real(distribution?[rank])
            }
            writer.member("mean", distribution?.mean)
            guard detail == .full else { return }
            writer.member("max", distribution?.max)
            writer.member("count", distribution?.count ?? 0)
        }
    }
}
