import AnswerStream
import EventLoop
import TimeBase
import Workload

/// Asks one target what is to be known before a run, one question after the other, and says what is
/// waited for where that takes long.
///
/// Confined to the client's loop.
final class TargetQuestions {
    /// Connections that may break under one question, the last with it: it is no request of the
    /// run, and a run is not to fail by one connection.
    static let brokenConnections = 3
    /// Pauses before a question that the server had no room for is asked again, where it names no
    /// time of its own: the first, each twice the one before, and the longest.
    private static let pauses = (first: TimeSpan.milliseconds(500), most: TimeSpan.seconds(10))
    /// Answers to one question that there is no room, the last with it.
    static let answersWithoutRoom = 6
    /// From a question to the first sentence about waiting for its answer, and between two.
    private static let sentences = (first: TimeSpan.seconds(5), every: TimeSpan.seconds(10))

    let client: ServingClient
    let targetIndex: Int
    private let limits: QuestionLimits
    private let progress: (String) -> Void
    private let timer: LoopTimer
    private let pause: LoopTimer
    private let deadline: LocalInstant
    /// Whether a question was answered: before that, 503 is a server that is still loading, for
    /// which the preparation waits.
    private var hasAnswered = false

    var target: Target { client.targets[targetIndex] }

    /// - Parameters:
    ///   - targetIndex: the target's among those of `client`.
    ///   - progress: gets a sentence now and then while an answer is waited for.
    init(
        _ client: ServingClient, target targetIndex: Int, _ limits: QuestionLimits,
        progress: @escaping (String) -> Void
    ) {
        self.client = client
        self.targetIndex = targetIndex
        self.limits = limits
        self.progress = progress
        timer = LoopTimer(loop: client.loop)
        pause = LoopTimer(loop: client.loop)
        deadline = RawClock.now() + limits.all
    }

    /// Says nothing any more; allowed twice.
    func close() {
        timer.close()
        pause.close()
    }

    /// Resolves the target and connects to it.
    func connect(_ done: @escaping (ConnectionError?) -> Void) {
        watch("to take a connection", client.configuration.timeouts.connect)
        client.open(target: targetIndex) { [self] error in
            timer.stop()
            done(error)
        }
    }

    /// Asks for the models listed under `path`.
    func list(_ path: String, _ done: @escaping (AskedRequest, _ names: [String]) -> Void) {
        watch("to answer GET \(Target.withoutSecrets(path))", Exchange.probePatience)
        client.listModels(path, target: targetIndex) { [self] asked, names in
            timer.stop()
            done(asked, names)
        }
    }

    /// Posts `request` to `path`, and again where its connection broke, or the server had no room
    /// for it.
    ///
    /// - Parameter outputTokens: those that it asks for.
    func post(
        _ request: PreparedRequest, to path: String, outputTokens: UInt32,
        _ done: @escaping (QuestionAnswer) -> Void
    ) {
        post(request, to: path, outputTokens: outputTokens, after: Failures(), done)
    }

    /// Tries of one question that failed so far, by their cause: one does not use up what the other
    /// may have.
    private struct Failures {
        var broken = 0
        var busy = 0
    }

    private func post(
        _ request: PreparedRequest, to path: String, outputTokens: UInt32,
        after failures: Failures, _ done: @escaping (QuestionAnswer) -> Void
    ) {
        let left = deadline - RawClock.now()
        guard left > .zero else {
            let words = "not asked: the questions before it took all of \(limits.all.words)"
            return client.loop.next { done(QuestionAnswer(unasked: words)) }
        }
        var bounds = QuestionBounds(
            timeouts: client.configuration.timeouts,
            tokens: UInt64(outputTokens) + QuestionLimits.tokensBeyond)
        bounds.timeouts.firstToken = limits.firstToken
        bounds.timeouts.betweenTokens = limits.betweenTokens
        bounds.timeouts.total = left
        watch("to answer POST \(Target.withoutSecrets(path))", min(left, limits.firstToken))
        client.ask(request, bounds) { [self] answer in
            timer.stop()
            var failures = failures
            if answer.isCut { failures.broken += 1 } else if answer.isBusy { failures.busy += 1 }
            let again = { [self, failures] in
                post(request, to: path, outputTokens: outputTokens, after: failures, done)
            }
            if answer.isCut, failures.broken < Self.brokenConnections { return again() }
            if answer.worth == .answered { hasAnswered = true }
            guard !answer.isCut, answer.isBusy, hasAnswered || answer.result.status == 429,
                failures.busy < Self.answersWithoutRoom,
                let wait = patience(after: answer, failures.busy)
            else { return done(answer) }
            if wait >= .seconds(1) {
                progress(
                    "\(target) answers \(answer.result.status): asked again in "
                        + wait.wholeSeconds)
            }
            pause.start(after: wait, again)
        }
    }

    /// The pause before a question that the server had no room for so many times; nil where no time
    /// is left.
    private func patience(after answer: QuestionAnswer, _ times: Int) -> TimeSpan? {
        guard !pause.isClosed else { return nil }
        let stated = answer.result.retryAfterSeconds.map { TimeSpan.seconds(Int64($0)) }
        let own = TimeSpan(ns: Self.pauses.first.ns << Int64(times - 1))
        let wait = min(stated ?? own, Self.pauses.most)
        return wait < deadline - RawClock.now() ? wait : nil
    }

    /// Begins to say that the target is waited for `purpose`, for `limit` at first.
    private func watch(_ purpose: String, _ limit: TimeSpan) {
        // A short wait is worth a sentence, too, where somebody set it.
        let first = min(Self.sentences.first, TimeSpan(ns: limit.ns / 4))
        let every = min(Self.sentences.every, TimeSpan(ns: limit.ns / 2))
        let begun = RawClock.now()
        guard !timer.isClosed else { return }
        timer.start(after: first, repeating: every) { [self] in
            let waited = RawClock.now() - begun
            let span =
                waited > limit ? waited.wholeSeconds : "\(waited.wholeSeconds) of \(limit.words)"
            progress("waiting for \(target) \(purpose): \(span)")
        }
    }
}
