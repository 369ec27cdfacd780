import EventLoop
import Foundation
import JSON
import PlainText
import Report
import ServingClient
import Workload

/// `legato check --url`: what each server accepts.
enum ServerCheck {
    /// Asks the servers one after the other; ends the process with 69 at one that does not answer.
    static func reports(
        urls: [String], model: String?, access: TargetAccess
    ) -> [CapabilityReport] {
        urls.map { url in
            let target: Target
            do throws(TargetError) {
                target = try Target(parsing: url)
            } catch {
                Exit.now(Exit.usage, "\(error)")
            }
            do {
                return try report(on: target, model: model ?? "", access)
            } catch {
                Exit.now(Exit.unavailable, "\(error)")
            }
        }
    }

    private static func report(
        on target: Target, model: String, _ access: TargetAccess
    ) throws -> CapabilityReport {
        let loop = try EventLoop(name: "check")
        let result = Guarded<Result<CapabilityReport, CapabilityProbeError>?>(nil)
        loop.post {
            CapabilityProbe.begin(loop: loop, target: target, model: model, access: access) {
                answer in
                result.withLock { $0 = answer }
                loop.requestStop()
            }
        }
        loop.runOnThisThread()
        guard let answer = result.withLock({ $0 }) else {
            preconditionFailure("the loop stops after the probe's completion")
        }
        return try answer.get()
    }

    /// A table a server, a line a capability.
    static func lines(_ reports: [CapabilityReport], style: ConsoleStyle) -> [String] {
        reports.flatMap { report in
            let head = style.bold("\(report.target), model \(report.model)".harmless)
            let width = Capability.allCases.map(\.name.count).max() ?? 0
            let lines = report.answers.map { answer in
                " " + answer.capability.name.left(width) + "  "
                    + answer.verdict.rawValue.left(8) + " " + answer.sentence.harmless
            }
            // One line for what is sent and one for prompts: both are long.
            let runs = Endpoint.allCases.flatMap { endpoint -> [String] in
                guard let profile = report.profiles[endpoint] else { return [] }
                return [
                    " a run over \(endpoint.rawValue) sends \(profile.sends.joined(separator: ", "))",
                    "   and its prompts are \(profile.promptWords)",
                ]
            }
            return [head] + lines + runs
        }
    }

    /// The same as a list, a member a capability.
    static func json(_ reports: [CapabilityReport]) -> JSONValue {
        .array(
            reports.map { report in
                let answers = report.answers.map { answer in
                    JSONMember(
                        answer.capability.rawValue,
                        [
                            "verdict": .string(answer.verdict.rawValue),
                            "sentence": .string(answer.sentence),
                        ])
                }
                return [
                    "url": .string(report.target.description), "model": .string(report.model),
                    "accepts": .object(answers),
                    "runs": .object(
                        Endpoint.allCases.compactMap { endpoint in
                            report.profiles[endpoint].map {
                                JSONMember(endpoint.rawValue, $0.json)
                            }
                        }),
                ]
            })
    }
}
