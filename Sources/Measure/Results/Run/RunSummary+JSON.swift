import Goodput
import JSON
import Loss
import RunRecord
import Timeline
import TokenLog

extension RunSummary {
    /// The version of `summary.json`.
    package static let format: Int64 = 1

    /// The content of `summary.json`: totals with the names of the metrics page, for the run, the
    /// preset `robust`, each agent and each class.
    package var json: String {
        var writer = JSONWriter()
        write(to: &writer)
        do throws(JSONSyntaxError) {
            return try JSONValue(parsing: writer.bytes).indented
        } catch {
            preconditionFailure("the writer wrote what the parser refuses: \(error)")
        }
    }

    private func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("format", Self.format)
            writer.member("time_unit", "ns")
            writer.member("run_id", header.runID)
            writer.member("name", header.name)
            writer.member("simulated", header.simulated)
            writer.member("verdict", header.validity.verdict.rawValue)
            writer.member("invalid", .array(header.validity.intervals.map(\.json)))
            writer.member("reasons", .array(header.findings.map(\.json)))
            writer.member("load", loadJSON)
            writer.member("complete", header.complete)
            writer.member("lossless", header.lossless)
            if let damage = header.journalDamage {
                writer.member(JournalDamage.name, damage.json)
            }
            writer.member("warmup_requests", warmups)
            writer.member("classes_scored_as", .array(classParameters.map(\.json)))
            writeClock(to: &writer)
            writeAnalyses(to: &writer)
            writer.member("rewards_dropping", rewardsDropping)
            writer.name("totals")
            run.totals.write(to: &writer, .full, percentiles)
            writer.name("robust")
            robust.write(to: &writer, .full, percentiles)
            writer.name("lateness")
            Percentiles.write(run.lateness, to: &writer, .full, percentiles)
            writer.member("lengths", lengths.json)
            if let cap {
                writer.member("waits", cap.json)
            }
            writer.member("answers", answers.json)
            writer.name("errors")
            run.writeErrors(to: &writer)
            writer.member("error_groups", .array(errorGroups.map(\.json)))
            writer.name("agents")
            writer.array { writer in
                for (part, agent) in zip(agents, header.agents) {
                    part.write(to: &writer, agent: agent, percentiles)
                }
            }
            writer.name("classes")
            writer.array { writer in
                for part in classes { part.write(to: &writer, agent: nil, percentiles) }
            }
            writer.name("notes")
            writer.array { writer in header.notes.forEach { writer.string($0) } }
        }
    }

    /// Planned requests and what became of them: `planned` is the sum of the others but
    /// `without_token`, which are among the completed ones.
    private var loadJSON: JSONValue {
        var members = [
            JSONMember(
                "planned", header.load.map { .integer(Int64($0.scored.planned)) } ?? .null),
            JSONMember(
                "not_needed", header.load.map { .integer(Int64($0.scored.notNeeded)) } ?? .null),
        ]
        members += balance.json.members ?? []
        return .object(members)
    }

    private func writeAnalyses(to writer: inout JSONWriter) {
        let analyses = analyses
        writer.member("steady", analyses?.samples?.steadyJSON ?? .null)
        writer.member("sampling", analyses?.samples?.json ?? .null)
        if let stages = analyses?.stages, !stages.isEmpty {
            writer.member("stages", .array(stages.map(\.stageJSON)))
        }
        writer.member("loss", analyses.map(lossJSON) ?? .null)
        writer.member("worst_context", .array(worstWaits.map(\.json)))
        writer.member("inter_token", analyses?.interToken?.json ?? .null)
        writer.member("gameability", analyses?.gameability.json ?? .null)
        writer.member(
            "holding",
            analyses.map { analyses in
                .object(
                    zip(analyses.servers, analyses.holding).map { JSONMember($0, $1.json) })
            } ?? .null)
        if let surface = analyses?.surface {
            writer.member("surface", surface.whole.json)
            writer.member(
                "surface_classes",
                .object(
                    zip(header.classes, surface.classes).map { JSONMember($0.name, $1.json) }))
        }
    }

    private func lossJSON(_ analyses: RunAnalyses) -> JSONValue {
        analyses.loss.json(
            agents: header.agents.map(\.name), classes: header.classes.map(\.name),
            servers: analyses.servers)
    }

    private func writeClock(to writer: inout JSONWriter) {
        writer.name("clock")
        guard let clock else {
            writer.null()
            return
        }
        writer.object { writer in
            for (name, ends) in [
                ("smooth_goodput", clock.smoothGoodput), ("goodput", clock.goodput),
                ("throughput", clock.throughput),
            ] {
                writer.name(name)
                writer.array { writer in
                    writer.real(ends.low)
                    writer.real(ends.high)
                }
            }
            writer.name("interval_s")
            writer.array { writer in
                writer.real(clock.shortest)
                writer.real(clock.longest)
            }
            writer.member("drift_allowance_ns", clock.driftAllowance)
        }
    }
}

extension PartSummary {
    fileprivate func write(
        to writer: inout JSONWriter, agent: RunAgent?, _ percentiles: PercentileRanks
    ) {
        writer.object { writer in
            writer.member("name", name)
            if let agent {
                writer.member("start_error", agent.startError)
                writer.member("clock_half_width", agent.clockHalfWidth)
                writer.member("clock_valid", agent.clock.map { .bool($0.isValid) } ?? .null)
                writer.member("audit", agent.audit?.json ?? .null)
                writer.member("server_metrics", agent.serverMetricsJSON)
            }
            writer.name("lateness")
            Percentiles.write(lateness, to: &writer, .full, percentiles)
            writer.name("errors")
            writeErrors(to: &writer)
            writer.name("stamps")
            writer.object { writer in
                for source in StampSource.allCases where stamps[source] != nil {
                    writer.name(source.name)
                    writer.integer(Int64(stamps[source] ?? 0))
                }
            }
            writer.name("totals")
            totals.write(to: &writer, .full, percentiles)
        }
    }

    fileprivate func writeErrors(to writer: inout JSONWriter) {
        writer.object { writer in
            for kind in ErrorClass.allCases where errors[kind] != nil {
                writer.name(kind.name)
                writer.integer(Int64(errors[kind] ?? 0))
            }
        }
    }
}
