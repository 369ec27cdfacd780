import Dashboard
import EventLoop
import HTTP
import HTTPServer
import JSON
import Page
import Results
import TimeBase

/// Answers the dashboard's requests from the newest state.
///
/// Confined to the server's thread. Sendable, and its variables unsafe: they are touched on that
/// thread alone, to which every call is posted.
final class Desk: Sendable {
    private let token: ViewerToken?
    private nonisolated(unsafe) var thread: ServerThread?
    private nonisolated(unsafe) var names: AnsweredNames?
    private nonisolated(unsafe) var viewers = Viewers()
    private nonisolated(unsafe) var state: LiveState?
    private nonisolated(unsafe) var report: [UInt8]?
    /// Hears once that viewers have the end.
    private nonisolated(unsafe) var whenTaken: (@Sendable () -> Void)?
    /// Viewers that the report was made for, and answers with it.
    private nonisolated(unsafe) var awaited = 0
    private nonisolated(unsafe) var reportsGiven = 0
    private nonisolated(unsafe) var timer: LoopTimer?

    /// A stream that nothing happens on says so, so that both ends know that the other is there.
    private static let pulse = TimeSpan.seconds(3)

    init(token: ViewerToken?) { self.token = token }

    func begin(on thread: ServerThread, _ names: AnsweredNames) {
        thread.loop.preconditionCurrent()
        self.thread = thread
        self.names = names
        let timer = LoopTimer(loop: thread.loop)
        self.timer = timer
        timer.start(after: Self.pulse, repeating: Self.pulse) { [unowned self] in
            tell(now: RawClock.now())
        }
    }

    func show(_ state: LiveState) {
        self.state = state
        tell(now: RawClock.now())
    }

    /// Tells the newest state to those who watch.
    func tell(now: LocalInstant) {
        guard viewers.count > 0, let event else { return }
        viewers.send(event, now: now)
    }

    /// - Parameter taken: Hears when those who watch have the end, and its report where there is
    ///   one.
    func end(
        _ ending: LiveState.Ending, report: [UInt8]?, taken: @escaping @Sendable () -> Void
    ) {
        self.report = report
        state?.phase = .ended(ending)
        awaited = report == nil ? 0 : viewers.count
        if let event { viewers.end(event) }
        whenTaken = taken
        timer?.start(after: Self.look, repeating: Self.look) { [unowned self] in
            guard reportsGiven >= awaited, (thread?.bytesQueued ?? 0) == 0 else { return }
            whenTaken?()
            whenTaken = nil
        }
    }

    private static let look = TimeSpan.milliseconds(20)

    func close() {
        timer?.close()
        timer = nil
        thread = nil
    }

    var viewerCount: Int { viewers.count }

    func answer(_ exchange: HTTPExchange) {
        guard let names else {
            return exchange.respond(.refusal(503, "the server is not ready yet"))
        }
        switch DashboardRoute(exchange.request, names: names, token: token) {
        case .page:
            if token == nil, let report { return give(report, exchange) }
            exchange.respond(.guarded(.html, LivePage.html))
        case .events: watch(exchange)
        case .state:
            guard let json else { return exchange.respond(.refusal(503, Self.early)) }
            exchange.respond(.guarded(.json, json))
        case .metrics(let format):
            let families = state.map { RunMetrics.families($0) } ?? []
            exchange.respond(.metrics(families, as: format))
        case .report:
            guard let report else {
                return exchange.respond(
                    .refusal(404, "the report is made at the end of the run; ask again then"))
            }
            give(report, exchange)
        case .refusal(let status, let sentence): exchange.respond(.refusal(status, sentence))
        }
    }

    private static let early = "nothing is known of the run yet; ask again in a second"

    private func give(_ report: [UInt8], _ exchange: HTTPExchange) {
        if exchange.request.method == "GET" { reportsGiven += 1 }
        exchange.respond(.guarded(.html, report))
    }

    private func watch(_ exchange: HTTPExchange) {
        guard !viewers.isFull else {
            return exchange.respond(
                .refusal(503, "\(Viewers.most) viewers watch already; close one of them."))
        }
        viewers.add(exchange, now: RawClock.now())
        guard let event else { return }
        if case .ended = state?.phase {
            viewers.end(event)
        } else {
            exchange.write(event)
        }
    }

    private var json: [UInt8]? { state.map { LiveFrame($0).json.serialized } }

    /// The newest state as a server-sent event; JSON has no line ends of its own.
    private var event: [UInt8]? { json.map { Array("data: ".utf8) + $0 + Array("\n\n".utf8) } }
}
