import EngineModel
import ServingClient
import Workload

/// Requests to a served engine, one like another but for their prompts.
struct EngineRequests {
    /// Begins their `x-request-id`.
    let run: String
    let count: Int
    /// Tokens of each answer.
    let tokens: Int

    /// The engine at a loopback's `port`, and the requests, whose ids count from 0.
    func prepared(port: UInt16) -> (Target, [PreparedRequest]) {
        let options = RequestOptions(runID: run, model: EngineOptions().model.publishedName)
        do {
            let target = try Target(parsing: "http://127.0.0.1:\(port)")
            let builder = try RequestBuilder(targets: [target], options: options)
            let requests = (0..<UInt32(count)).map { id in
                builder.prepare(
                    PlannedRequest(
                        index: id, phase: .scored, stage: 0, classIndex: 0, session: id, turn: 0,
                        scheduledNs: 0, thinkNs: 0, inputTokens: 32, outputTokens: UInt32(tokens),
                        prompt: [PromptSegment(seed: UInt64(id), tokens: 32)]), target: 0)
            }
            return (target, requests)
        } catch {
            preconditionFailure("plain options make a request: \(error)")
        }
    }
}
