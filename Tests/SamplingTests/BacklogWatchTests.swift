import Randomness
import Testing

@testable import Sampling

/// Loads that are known, before servers that are known.
@Suite struct BacklogWatchTests {
    private static let second: Int64 = 1_000_000_000

    /// Poisson arrivals of `rate` a second over `seconds`, ns.
    private func arrivals(_ rate: Double, seconds: Double, seed: UInt64) -> [Int64] {
        var random = RandomStream(seed: seed)
        var time = 0.0
        var arrivals: [Int64] = []
        while true {
            time += random.nextExponential() / rate
            guard time < seconds else { return arrivals }
            arrivals.append(Int64(time * 1e9))
        }
    }

    /// When a watch over one server, which gives `capacity` first tokens a second, one after the
    /// other, speaks; s, nil for never.
    private func alarm(
        _ arrivals: [Int64], capacity: Double, seconds: Double, firstDelay: Double = 0,
        stall: Range<Double> = 0..<0, latency: Double = 0
    ) -> Double? {
        let service = Int64(1e9 / capacity)
        var free = Int64(firstDelay * 1e9)
        let pause = Int64(stall.lowerBound * 1e9)..<Int64(stall.upperBound * 1e9)
        let answers = arrivals.map { arrival in
            free = max(free, arrival) + service
            if pause.contains(free) { free = pause.upperBound }
            return free + Int64(latency * 1e9)
        }
        var watch = BacklogWatch(
            arrivals: arrivals, from: 0, to: Int64(seconds * 1e9))
        var answered = 0
        for look in 1...Int(seconds * 2) {
            let time = Int64(look) * Self.second / 2
            while answered < answers.count, answers[answered] <= time {
                watch.sessionAnswered()
                answered += 1
            }
            if watch.look(at: time) != nil { return Double(time) / 1e9 }
        }
        return nil
    }

    /// A load that a server can serve is never ended, however full it is.
    @Test(arguments: [0.5, 0.9, 0.97])
    func aLoadThatCanBeServedGoesOn(load: Double) {
        let alarms = (0..<300).count { seed in
            alarm(
                arrivals(10 * load, seconds: 60, seed: UInt64(seed)), capacity: 10, seconds: 60)
                != nil
        }
        #expect(alarms <= 1, "\(alarms) of 300")
    }

    /// A load of twice what can be served is ended soon, and 1.5 times that before half of the
    /// stage is over.
    @Test(arguments: [(2.0, 10.0, 16.0), (1.5, 10.0, 30.0), (4.0, 10.0, 10.5)])
    func anOverloadIsEnded(load: Double, from: Double, to: Double) throws {
        for seed in 0..<50 {
            let time = try #require(
                alarm(
                    arrivals(10 * load, seconds: 60, seed: UInt64(seed)), capacity: 10,
                    seconds: 60))
            #expect(time >= from && time <= to, "seed \(seed): \(time) s")
        }
    }

    /// A burst makes a backlog, and is served.
    @Test func aBurstIsNoOverload() {
        let burst = (0..<150).map { Int64($0) * 1_000_000 }
        let rest = arrivals(4, seconds: 60, seed: 3)
        #expect(alarm((burst + rest).sorted(), capacity: 10, seconds: 60) == nil)
    }

    /// A stall of a server that then makes up for it is no overload, whenever it comes: at hundreds
    /// of requests a second some wait for a first token all the time.
    @Test(arguments: [5.2, 7.4, 8.9, 9.4, 10.1])
    func aStallIsNoOverload(begin: Double) {
        let load = arrivals(400, seconds: 20, seed: 11)
        #expect(
            alarm(
                load, capacity: 440, seconds: 20, stall: begin..<begin + 0.6, latency: 0.15)
                == nil)
    }

    /// A server that answers nobody is over-saturated as soon as may be said; one that begins late
    /// and then keeps up is not.
    @Test func aServerThatIsSilentIsFound() {
        let load = arrivals(5, seconds: 60, seed: 4)
        #expect(alarm(load, capacity: 0.001, seconds: 60) == 10)
        #expect(alarm(load, capacity: 50, seconds: 60, firstDelay: 4) == nil)
    }

    /// Nothing is said before ten seconds, without arrivals that are to come, and of few that wait.
    @Test func edges() {
        var none = BacklogWatch(arrivals: [], from: 0, to: 60 * Self.second)
        #expect(none.look(at: 20 * Self.second) == nil)
        var few = BacklogWatch(
            arrivals: (0..<9).map { Int64($0) } + [59 * Self.second], from: 0,
            to: 60 * Self.second)
        for look in 1...50 { #expect(few.look(at: Int64(look) * Self.second) == nil) }
        var over = BacklogWatch(
            arrivals: (0..<100).map { Int64($0) }, from: 0, to: Self.second)
        for look in 1...50 { #expect(over.look(at: Int64(look) * Self.second) == nil) }
        var empty = BacklogWatch(arrivals: [1, 2], from: 5, to: 5)
        #expect(empty.look(at: 20 * Self.second) == nil)
    }
}
