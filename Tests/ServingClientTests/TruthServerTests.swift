import EventLoop
import Foundation
import Synchronization
import Testing
import TimeBase
import TokenLog
import Workload

@testable import ServingClient

@Suite(.serialized, .enabled(if: TruthServer.isHere)) struct TruthServerTests {
    private static let streams: UInt32 = 64
    private static let tokens: UInt32 = 100

    private struct Run: Sendable {
        var outcomes: Outcomes
        var before: ClockPair
        var after: ClockPair
        var cpu: TimeSpan
    }

    /// CPU time of the whole process, user and system.
    private static func cpuTime() -> TimeSpan {
        var usage = rusage()
        getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        func ns(_ time: timeval) -> Int64 {
            Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * 1_000
        }
        return TimeSpan(ns: ns(usage.ru_utime) + ns(usage.ru_stime))
    }

    /// Runs 64 streams against the server and returns the records once its log is written.
    private func run(_ arguments: [String], log: String, executable: String) async throws -> Run {
        let loop = try EventLoop(name: "truth")
        loop.start()
        let run = await withCheckedContinuation { (continuation: CheckedContinuation<Run, Never>) in
            loop.post {
                let free = try! TCPListener(loop: loop, host: "127.0.0.1", port: 0) { $0.close() }
                let port = free.localPort
                free.close {
                    Self.start(
                        loop, port, ["--port", "\(port)", "--log", log] + arguments, executable,
                        continuation)
                }
            }
        }
        loop.shutdown()
        return run
    }

    private static func start(
        _ loop: EventLoop, _ port: UInt16, _ arguments: [String], _ executable: String,
        _ continuation: CheckedContinuation<Run, Never>
    ) {
        let recorder = Recorder()
        let target = try! Target(parsing: "http://127.0.0.1:\(port)")
        let client = ServingClient(loop: loop, targets: [target], sink: recorder)
        var options = RequestOptions(runID: "t", model: "truth")
        options.dialect = .unasked(prompt: .words, pinsOutput: false)
        let builder = try! RequestBuilder(targets: [target], options: options)
        let before = SystemClocks.monotonicPair()
        let cpuBefore = cpuTime()
        var run: Run?
        var child: ChildProcess?
        child = try! ChildProcess.spawn(
            loop: loop, executable: executable, arguments: arguments, standardError: .discarded
        ) { _ in
            child?.close()
            withExtendedLifetime((client, recorder)) { continuation.resume(returning: run!) }
        }
        recorder.onFinish = { _ in
            guard recorder.finished.count == Int(streams) else { return }
            loop.next {
                run = Run(
                    outcomes: Outcomes(recorder), before: before,
                    after: SystemClocks.monotonicPair(),
                    cpu: cpuTime() - cpuBefore)
                client.close()
                child?.kill(SIGTERM)
            }
        }
        let retry = LoopTimer(loop: loop)
        func open() {
            client.open { errors in
                // The server needs a moment to listen.
                guard errors[0] == nil else {
                    return retry.start(after: .milliseconds(10)) { open() }
                }
                retry.close()
                for id in 0..<streams {
                    let planned = PlannedRequest(
                        index: id, phase: .scored, stage: 0, classIndex: 0, session: id, turn: 0,
                        scheduledNs: 0, thinkNs: 0, inputTokens: 8, outputTokens: tokens,
                        prompt: [PromptSegment(seed: UInt64(id), tokens: 8)])
                    client.send(builder.prepare(planned, target: 0))
                }
            }
        }
        open()
    }

    @Test func everyTokenIsCountedAndStampedNearItsSending() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "truth-\(ProcessInfo.processInfo.globallyUniqueString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let executable = try TruthServer.build(in: folder)
        let log = folder.appending(path: "run.log").path
        let run = try await run(
            ["--ttft-ms", "50", "--itl-us", "20000", "--jitter", "lognormal:0.3"], log: log,
            executable: executable)
        #expect(run.outcomes.finished.count == Int(Self.streams))
        #expect(run.outcomes.finished.allSatisfy { $0.outcome == .completed })
        var errors: [Int64] = []
        var byRequest: [UInt32: [TokenRecord]] = [:]
        for record in run.outcomes.tokens { byRequest[record.request, default: []].append(record) }
        let entries = try TruthServer.readLog(log)
        #expect(entries.count == Int(Self.streams))
        // The server stamps on MONOTONIC, which is slewed: interpolate between two readings.
        let rate =
            Double((run.after.raw - run.before.raw).ns)
            / Double(run.after.otherNs - run.before.otherNs)
        for entry in entries {
            let id = try #require(UInt32(entry.requestID.dropFirst(2)))
            let records = byRequest[id] ?? []
            #expect(records.map { Int($0.count) }.reduce(0, +) == entry.tokens.count)
            #expect(run.outcomes.finish(id)?.outputTokens == UInt32(entry.tokens.count))
            for (record, sent) in zip(records, entry.tokens) {
                let truth =
                    Double(run.before.raw.ns) + Double(sent - run.before.otherNs) * rate
                errors.append(record.stamp.ns - Int64(truth.rounded()))
            }
        }
        errors.sort()
        let p50 = errors[errors.count / 2]
        let p99 = errors[errors.count * 99 / 100]
        // `tokens` has an element an event, and every event of this server is a token.
        let kernel = run.outcomes.tokens.count {
            $0.source == .kernel || $0.source == .kernelJoined
        }
        // Loose bounds: the machine of a test may be busy. The figures are printed.
        #expect(errors[0] > -20_000, "a token was stamped before it was sent")
        #expect(p50 < 20_000_000)
        #expect(kernel * 10 >= run.outcomes.tokens.count * 9, "kernel stamps are missing")
        let share = Double(kernel) / Double(run.outcomes.tokens.count) * 100
        print(
            "stamp error us: p50 \(Double(p50) / 1e3), p99 \(Double(p99) / 1e3), "
                + "kernel \(share) %, cpu us a token "
                + "\(Double(run.cpu.ns) / 1e3 / Double(run.outcomes.tokens.count))")
    }
}
