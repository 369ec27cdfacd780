import EventLoop
package import JSON
import PlainText
package import ServingClient
package import TimeBase
import TokenLog
import Workload

/// The cost of the stream client alone against a server: no schedule, no spool, no link.
///
/// A closed loop on one thread. Its yardstick runs beside it, such as a client in C against the
/// same server in the same minute.
package struct ClientCost: Sendable {
    package var completed: Int
    package var requests: Int
    package var tokens: Int
    /// The usage of the client's thread, from the first send to the last finish.
    package var usage: ThreadUsage
    package var wall: TimeSpan

    /// The load: `requests` of `outputTokens` tokens each, `concurrency` in flight.
    package struct Load: Sendable {
        package var model: String
        package var concurrency: Int
        package var requests: Int
        package var outputTokens: Int

        package init(model: String, concurrency: Int, requests: Int, outputTokens: Int) {
            self.model = model
            self.concurrency = concurrency
            self.requests = requests
            self.outputTokens = outputTokens
        }
    }

    /// Runs the load on the calling thread.
    package init(_ target: Target, _ load: Load) throws(BenchFailure) {
        let prepared: [PreparedRequest]
        do throws(RequestOptionsError) {
            let builder = try RequestBuilder(
                targets: [target], options: RequestOptions(runID: "cost", model: load.model))
            prepared = (0..<UInt32(load.requests)).map { id in
                builder.prepare(
                    PlannedRequest(
                        index: id, phase: .scored, stage: 0, classIndex: 0, session: id, turn: 0,
                        scheduledNs: 0, thinkNs: 0, inputTokens: 32,
                        outputTokens: UInt32(load.outputTokens),
                        prompt: [PromptSegment(seed: UInt64(id), tokens: 32)]), target: 0)
            }
        } catch {
            throw BenchFailure(benchmark: .client, problem: "\(error)")
        }
        let outcome: ClientDrive.Outcome
        do throws(SystemError) {
            outcome = try ClientDrive.run(
                target, prepared, pace: .concurrency(load.concurrency),
                expectedTokens: load.outputTokens)
        } catch {
            throw BenchFailure(benchmark: .client, problem: "\(error)")
        }
        completed = outcome.completed
        requests = load.requests
        tokens = outcome.tokens.reduce(0, +)
        usage = outcome.usage
        wall = outcome.wall
    }

    /// CPU time a token, us.
    private func perToken(_ span: TimeSpan) -> Double {
        Double(span.ns) / 1e3 / Double(max(1, tokens))
    }

    package var lines: [String] {
        [
            "\(completed) of \(requests) requests completed, \(tokens) tokens in "
                + "\(Figures.short(wall.seconds)) s",
            "CPU us/token: user \(Figures.short(perToken(usage.user))), system "
                + Figures.short(perToken(usage.system)),
        ]
    }

    package var json: JSONValue {
        [
            "format": 1, "completed": .integer(Int64(completed)),
            "requests": .integer(Int64(requests)), "tokens": .integer(Int64(tokens)),
            "wall_s": .real(wall.seconds), "user_us_per_token": .real(perToken(usage.user)),
            "system_us_per_token": .real(perToken(usage.system)),
        ]
    }
}
