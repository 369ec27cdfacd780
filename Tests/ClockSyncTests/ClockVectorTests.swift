import Foundation
import Testing
import TimeBase

@testable import ClockSync

/// Recorded probes with their true mapping, where they stand beside the package.
@Suite("The public clock vectors")
struct ClockVectorTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("../shared/vectors/clock")

    private static var isThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

    private func rows(_ name: String) throws -> [[Int64]] {
        let text = try String(
            contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
        return text.split(separator: "\n").dropFirst().map { line in
            line.split(separator: ",").compactMap { Int64($0) }
        }
    }

    @Test(
        "Without a break the guaranteed interval holds every true instant",
        .enabled(if: isThere),
        arguments: [
            "p01_loopback", "p02_lan_loss", "p03_lan_asym", "p04_congested", "p05_hostload",
        ])
    func coverage(name: String) throws {
        let exchanges = try rows("\(name).probes.csv").map {
            ClockExchange(
                train: UInt32($0[0]), member: UInt16($0[1]), t1: $0[2], t2: $0[3], t3: $0[4],
                t4: $0[5])
        }
        let fit = try ClockFit(exchanges: exchanges)
        #expect(fit.isValid, "\(fit.reasons)")
        var worst: Int64 = 0
        for row in try rows("\(name).truth.csv") {
            let mapped = fit.map(LocalInstant(ns: row[0]))
            #expect(mapped.hardLowNs <= row[1] && row[1] <= mapped.hardHighNs)
            worst = max(worst, mapped.hardHalfWidthNs)
        }
        // The physical limit is half of the least round trip.
        #expect(worst <= fit.minRTTNs / 2 + 60_000)
    }
}
