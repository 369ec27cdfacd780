import ClockSync
import Foundation
import Testing

@testable import Bench

/// The smoother that estimates are judged by, against what a reference did on recorded probes.
@Suite("The plain smoother")
struct PlainSmootherTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("../shared/vectors/clock")

    private static var isThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

    private func rows(_ name: String) throws -> [[Int64]] {
        try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
            .split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",").compactMap { Int64($0) } }
    }

    /// p99 of |error| by the vectors' README, ns, and the zone and the break of p06, s from the
    /// first t2.
    @Test(
        "Is as near as the reference is printed to be", .enabled(if: isThere),
        arguments: [
            ("p01_loopback", 67, 0), ("p03_lan_asym", 109, 6_600), ("p05_hostload", 612, 0),
            ("p06_slew100", 244, 0),
        ] as [(String, Int64, Int64)])
    func vector(name: String, p99: Int64, asymmetry: Int64) throws {
        let exchanges = try rows("\(name).probes.csv").map {
            ClockExchange(
                train: UInt32($0[0]), member: UInt16($0[1]), t1: $0[2], t2: $0[3], t3: $0[4],
                t4: $0[5])
        }
        let start = exchanges[0].t2
        let isBroken = name == "p06_slew100"
        let smoother = PlainSmoother(exchanges, breaks: isBroken ? [start + 28_306_000_000] : [])
        let zone = start + 27_500_000_000...start + 29_500_000_000
        let errors = try rows("\(name).truth.csv")
            .filter { !isBroken || !zone.contains($0[0]) }
            .map { abs(smoother.map($0[0]) - $0[1] + asymmetry) }.sorted()
        #expect(errors[errors.count * 99 / 100] <= p99)
    }
}
