package import Goodput

/// The load that a stage of a run was to get.
package enum ArrivalLoad: Hashable, Sendable {
    /// Arrivals that do not wait for answers.
    case open
    /// Users each of whom waits for an answer: their first requests fill the loop.
    case closed(users: Int)
    /// A ramp by plan, or several stages.
    case changing

    var isClosed: Bool {
        if case .closed = self { true } else { false }
    }
}

/// A first look at the requests of a stage, without their tokens: when they were to begin and when
/// they ended. 24 bytes a request.
package struct ArrivalSurvey: Sendable {
    private var arrivals: [Arrival] = []
    private var firstUnfinished: Int64?

    private struct Arrival {
        var order: ArrivalOrder
        var finish: Int64
    }

    package init() {}

    /// Takes in a request, whose tokens are not looked at.
    package mutating func add(_ request: RequestTimes) {
        add(
            id: request.id, scheduled: request.scheduled, finish: request.finish,
            outcome: request.outcome)
    }

    /// Takes in a request; all requests, in any order, each once.
    package mutating func add(
        id: Int, scheduled: Int64, finish: Int64, outcome: RequestOutcome
    ) {
        arrivals.append(
            Arrival(order: ArrivalOrder(scheduled: scheduled, id: id), finish: finish))
        if outcome == .unfinished {
            firstUnfinished = min(firstUnfinished ?? scheduled, scheduled)
        }
    }

    /// The span of the arrivals; nil without requests. O(requests), for a closed loop O(requests
    /// log requests).
    ///
    /// - Throws: ``ScoringError/tooLong(seconds:)``.
    package consuming func span(_ load: ArrivalLoad) throws(ScoringError) -> ArrivalSpan? {
        guard var first = arrivals.first?.order, var last = arrivals.first?.order.scheduled else {
            return nil
        }
        var end = Int64.min
        for arrival in arrivals {
            first = min(first, arrival.order)
            last = max(last, arrival.order.scheduled)
            end = max(end, arrival.finish, arrival.order.scheduled)
        }
        let interval = try ServingInterval(begin: first.scheduled, end: end)
        if case .closed(let users) = load, users > 0, arrivals.count > users {
            first = arrivals.map(\.order).sorted()[users]
        }
        var span = ArrivalSpan(
            load: load, interval: interval, requests: arrivals.count, begin: first,
            end: min(last, firstUnfinished ?? last), last: last,
            isCut: firstUnfinished != nil)
        span.used = arrivals.count { span.uses.contains($0.order.scheduled) }
        guard span.begin.scheduled < span.end else { return span }
        var open = BinLevels(start: span.begin.scheduled, end: span.end)
        for arrival in arrivals { open.add(from: arrival.order.scheduled, until: arrival.finish) }
        span.settle(open.means)
        for arrival in arrivals where span.window?.contains(arrival.order.scheduled) == true {
            span.windowRequests += 1
            span.stay += Double(arrival.finish &- arrival.order.scheduled)
        }
        return span
    }
}

/// The order of requests: by `scheduled`, then by id.
package struct ArrivalOrder: Hashable, Comparable, Sendable {
    package var scheduled: Int64
    package var id: Int

    package static func < (a: ArrivalOrder, b: ArrivalOrder) -> Bool {
        (a.scheduled, a.id) < (b.scheduled, b.id)
    }
}

/// The span of a stage's arrivals that a steady state is looked for in: [s0, s1] in 64 bins, with
/// the number of open requests in each. All instants in ns on the run's timeline.
package struct ArrivalSpan: Sendable {
    let load: ArrivalLoad
    /// T of the stage's requests.
    let interval: ServingInterval
    let requests: Int
    /// s0: the first arrival, in a closed loop the first one after those that fill it.
    let begin: ArrivalOrder
    /// s1: the last arrival, or the first of a request that the run's end cut off.
    let end: Int64
    /// The last arrival.
    let last: Int64
    /// Whether there is a request that the run's end cut off.
    let isCut: Bool
    /// Requests from s0 to s1.
    fileprivate(set) var used = 0
    /// L_j; empty where s1 is not after s0.
    private(set) var levels: [Double] = []
    /// j0: where the number of open requests first reaches its median.
    private(set) var firstBin = 0
    /// Requests scheduled in the window, and the sum of their stays, ns.
    fileprivate(set) var windowRequests = 0
    fileprivate(set) var stay = 0.0

    init(
        load: ArrivalLoad, interval: ServingInterval, requests: Int, begin: ArrivalOrder,
        end: Int64, last: Int64, isCut: Bool
    ) {
        self.load = load
        self.interval = interval
        self.requests = requests
        self.begin = begin
        self.end = end
        self.last = last
        self.isCut = isCut
    }

    fileprivate mutating func settle(_ levels: [Double]) {
        self.levels = levels
        let sorted = levels.sorted()
        let median = (sorted[BinLevels.bins / 2 - 1] + sorted[BinLevels.bins / 2]) / 2
        firstBin = levels.firstIndex { $0 >= median } ?? 0
    }

    /// [s0, s1], empty where a request that was cut off came before s0.
    fileprivate var uses: ClosedRange<Int64> { begin.scheduled...max(begin.scheduled, end) }

    /// s1 − s0, s; 0 where s1 is not after s0.
    var seconds: Double { Double(max(0, end - begin.scheduled)) / 1e9 }

    /// Where bin `bin`, 0...64, begins: the first instant that belongs to it.
    func edge(_ bin: Int) -> Int64 {
        // A span is at most a year, 2^55 ns.
        let length = end - begin.scheduled
        return begin.scheduled + (length * Int64(bin) + Int64(BinLevels.bins) - 1)
            / Int64(BinLevels.bins)
    }

    /// The bin of an instant within [s0, s1).
    func bin(of time: Int64) -> Int {
        Int((time - begin.scheduled) * Int64(BinLevels.bins) / (end - begin.scheduled))
    }

    /// [w0, s1); nil where nothing was looked for.
    var window: Range<Int64>? {
        levels.isEmpty || load == .changing ? nil : edge(firstBin)..<end
    }

    /// E, s; 0 without requests in the window.
    var residence: Double {
        windowRequests == 0 ? 0 : stay / Double(windowRequests) / 1e9
    }

    /// Whether a request only fills a closed loop.
    func isFill(_ request: ArrivalOrder) -> Bool { load.isClosed && request < begin }
}
