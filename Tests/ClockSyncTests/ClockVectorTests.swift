import Foundation
import Testing
import TimeBase

@testable import ClockSync

/// A vector, and what its README says that a reference reached, in ns.
struct ClockVector: Sendable, CustomTestStringConvertible {
    var name: String
    var asymmetry: Double = 0
    var p99: Double
    var worst: Double
    /// Agent seconds since the first t2 at which the rate changes.
    var rateChange: Double?

    var testDescription: String { name }

    static let all = [
        ClockVector(name: "p01_loopback", p99: 67, worst: 68),
        ClockVector(name: "p02_lan_loss", p99: 224, worst: 226),
        ClockVector(name: "p03_lan_asym", asymmetry: 6_600, p99: 109, worst: 109),
        ClockVector(name: "p04_congested", p99: 497, worst: 498),
        ClockVector(name: "p05_hostload", p99: 612, worst: 621),
        ClockVector(name: "p06_slew100", p99: 244, worst: 337, rateChange: 28.306),
    ]
}

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
        "Bounds that hold, errors at most the reference's, and only the event there is",
        .enabled(if: isThere), arguments: ClockVector.all)
    func vector(_ vector: ClockVector) throws {
        let exchanges = try rows("\(vector.name).probes.csv").map {
            ClockExchange(
                train: UInt32($0[0]), member: UInt16($0[1]), t1: $0[2], t2: $0[3], t3: $0[4],
                t4: $0[5])
        }
        let fit = try ClockFit(exchanges: exchanges)
        #expect(fit.reasons.isEmpty)
        #expect(fit.suspected.isEmpty)
        var errors: [Double] = []
        for row in try rows("\(vector.name).truth.csv") {
            let mapped = fit.map(LocalInstant(ns: row[0]))
            #expect(mapped.hardLowNs <= row[1] && row[1] <= mapped.hardHighNs)
            #expect(mapped.budgetLowNs <= row[1] && row[1] <= mapped.budgetHighNs)
            let isInZone = fit.events.contains {
                $0.fromAgentNs <= row[0] && row[0] <= $0.toAgentNs
            }
            if isInZone { continue }
            errors.append((Double(mapped.coordinatorNs - row[1]) + vector.asymmetry).magnitude)
            #expect(errors[errors.count - 1] <= Double(mapped.estNs))
        }
        errors.sort()
        #expect(errors[errors.count * 99 / 100] <= vector.p99)
        #expect(errors[errors.count - 1] <= vector.worst)
        #expect(fit.events.map(\.kind) == (vector.rateChange == nil ? [] : [.rate]))
        if let event = fit.events.first, let change = vector.rateChange {
            let at = exchanges[0].t2 + Int64(change * 1e9)
            #expect(event.fromAgentNs <= at && at <= event.toAgentNs)
            #expect(event.toAgentNs - event.fromAgentNs < 2_000_000_000)
            #expect(abs(event.atAgentNs - at) < 50_000_000)
        }
    }
}
