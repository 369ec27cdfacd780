import Goodput
import JSON
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
            writer.name("format")
            writer.integer(Self.format)
            writer.name("time_unit")
            writer.string("ns")
            writer.name("run_id")
            writer.string(header.runID)
            writer.name("name")
            writer.string(header.name)
            writer.name("simulated")
            writer.string(header.simulated)
            writer.name("verdict")
            writer.string(header.validity.verdict.rawValue)
            writer.name("invalid")
            writer.value(.array(header.validity.intervals.map(\.json)))
            writer.name("reasons")
            writer.value(.array(header.findings.map(\.json)))
            writer.name("load")
            writer.value(loadJSON)
            writer.name("complete")
            writer.bool(header.complete)
            writer.name("lossless")
            writer.bool(header.lossless)
            if let journalDamage {
                writer.name("journal_damage")
                writer.value(journalDamage.json)
            }
            writer.name("warmup_requests")
            writer.integer(Int64(warmups))
            writer.name("classes_scored_as")
            writer.value(.array(classParameters.map(\.json)))
            writeClock(to: &writer)
            writeSteady(to: &writer)
            writer.name("rewards_dropping")
            writer.bool(rewardsDropping)
            writer.name("totals")
            run.totals.write(to: &writer, .full, percentiles)
            writer.name("robust")
            robust.write(to: &writer, .full, percentiles)
            writer.name("lateness")
            Percentiles.write(run.lateness, to: &writer, .full, percentiles)
            writer.name("lengths")
            writer.value(lengths.json)
            if let cap {
                writer.name("waits")
                writer.value(cap.json)
            }
            writer.name("answers")
            writer.value(answers.json)
            writer.name("errors")
            run.writeErrors(to: &writer)
            writer.name("error_groups")
            writer.value(.array(errorGroups.map(\.json)))
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

    private func writeSteady(to writer: inout JSONWriter) {
        writer.name("steady")
        guard let steady else {
            writer.null()
            return
        }
        writer.object { writer in
            writer.name("window")
            writer.array { writer in
                writer.integer(steady.window.lowerBound)
                writer.integer(steady.window.upperBound)
            }
            writer.name("smooth_goodput")
            writer.real(steady.smoothGoodput)
            writer.name("throughput")
            writer.real(steady.throughput)
        }
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
            writer.name("drift_allowance_ns")
            writer.integer(clock.driftAllowance)
        }
    }
}

extension PartSummary {
    fileprivate func write(
        to writer: inout JSONWriter, agent: RunAgent?, _ percentiles: PercentileRanks
    ) {
        writer.object { writer in
            writer.name("name")
            writer.string(name)
            if let agent {
                writer.name("start_error")
                writer.integer(agent.startError)
                writer.name("clock_half_width")
                writer.integer(agent.clockHalfWidth)
                writer.name("clock_valid")
                writer.value(agent.clock.map { .bool($0.isValid) } ?? .null)
                writer.name("audit")
                writer.value(agent.audit?.json ?? .null)
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
