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
    /// `{"requests": [...], "totals": {...}}` with the field names of the worked examples.
    package func write(
        to writer: inout JSONWriter, _ detail: ScoreDetail = .standard,
        _ percentiles: PercentileRanks = .standard
    ) {
        writer.object { writer in
            writer.name("requests")
            writer.array { writer in
                for request in requests { request.write(to: &writer, detail) }
            }
            writer.name("totals")
            totals.write(to: &writer, detail, percentiles)
        }
    }
}

extension RequestScore {
    package func write(to writer: inout JSONWriter, _ detail: ScoreDetail = .standard) {
        writer.object { writer in
            writer.name("id")
            writer.integer(Int64(id))
            writer.name("tokens")
            writer.integer(Int64(tokens))
            writer.name("outcome")
            writer.string(outcome.rawValue)
            writer.name("ttft")
            writer.integer(ttft)
            writer.name("tpot")
            writer.real(tpot)
            writer.name("tbt_max")
            writer.integer(tbtMax)
            writer.name("tbt_p99")
            writer.real(tbtP99)
            writer.name("e2e")
            writer.integer(e2e)
            writer.name("idle")
            writer.integer(idle)
            writer.name("benefit")
            writer.real(benefit)
            writer.name("deadlines_met")
            writer.integer(Int64(deadlinesMet))
            writer.name("slo_met")
            writer.bool(sloMet)
            writer.name("classic_met")
            writer.bool(classicMet)
            writer.name("fluidity")
            writer.real(fluidity)
            writer.name("qoe")
            writer.real(qoe)
            guard detail == .full else { return }
            writer.name("ttft_sent")
            writer.integer(ttftSent)
            writer.name("inter_chunk")
            writer.real(interChunk)
            writer.name("events")
            writer.integer(Int64(events))
        }
    }
}

extension RunTotals {
    package func write(
        to writer: inout JSONWriter, _ detail: ScoreDetail = .standard,
        _ percentiles: PercentileRanks = .standard
    ) {
        writer.object { writer in
            writer.name("requests")
            writer.integer(Int64(requests))
            writer.name("interval")
            writer.integer(interval?.length ?? 0)
            writer.name("tokens")
            writer.integer(Int64(tokens))
            writeRates(to: &writer)
            writer.name("qoe")
            writer.real(qoe)
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
                writer.name("bin")
                writer.integer(Timeline.bin)
                writer.name("smooth")
                writer.array { writer in timeline.smooth.forEach { writer.real($0) } }
            }
        }
    }

    private func writeRates(to writer: inout JSONWriter) {
        writer.name("throughput")
        writer.real(throughput)
        writer.name("smooth_goodput")
        writer.real(smoothGoodput)
        writer.name("slo_attainment")
        writer.real(sloAttainment)
        writer.name("goodput")
        writer.real(goodput)
        writer.name("classic_attainment")
        writer.real(classicAttainment)
        writer.name("classic_request_goodput")
        writer.real(classicRequestGoodput)
    }

    private func writeFurther(to writer: inout JSONWriter, _ percentiles: PercentileRanks) {
        writer.name("benefit")
        writer.real(benefit)
        writer.name("negative_benefit")
        writer.real(negativeBenefit)
        writer.name("begin")
        writer.integer(interval?.begin)
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
            writer.name("mean")
            writer.real(distribution?.mean)
            guard detail == .full else { return }
            writer.name("max")
            writer.real(distribution?.max)
            writer.name("count")
            writer.integer(Int64(distribution?.count ?? 0))
        }
    }
}
