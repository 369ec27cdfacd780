import Goodput
import Testing

@testable import ToolRules

/// The requests in files that the tools wrote give the figures that the tools printed of them.
@Suite(
    "Real files of the tools",
    .enabled(if: RealExport.areHere, "skipped: ../shared/exports is not here"))
struct RealExportTests {
    /// Compares every figure that the tool printed; rates by the amount in its own length of time,
    /// which its clock has read elsewhere.
    ///
    /// - Parameters:
    ///   - tolerance: The share by which the file's stamps are rounded.
    ///   - clock: s by which the tool's own clock may have read the run's begin and end elsewhere.
    /// - Returns: How many figures agree.
    private func compare(
        _ tool: Tool, _ export: RealExport, tolerance: Double, clock: Double
    ) throws -> Int {
        let figures = try SmallRun.figures(tool, of: export.requests, export.prompts)
        let interval = tool == .guidellm ? Quantity.Interval.sends : .schedule
        let length = try #require(
            figures.figures.first { $0.row.quantity == .duration(interval) }?.value.number
                ?? rated(figures, by: export))
        var agreed = 0
        for figure in figures.figures {
            let path = figure.row.path.joined(separator: ".")
            guard let printed = export.printed[path] else { continue }
            let value = try #require(figure.value.number, "\(path) is missing")
            switch figure.row.quantity {
            case .duration: #expect(isClose(value, printed, within: clock), "\(path)")
            case .rate, .concurrency:
                #expect(
                    isClose(value * length, printed * export.duration, within: tolerance),
                    "\(path): \(value * length) and \(printed * export.duration)")
            default:
                #expect(
                    isClose(value, printed, within: tolerance), "\(path): \(value), \(printed)")
            }
            agreed += 1
        }
        return agreed
    }

    /// The length that rates are over, s, where no figure has it.
    private func rated(_ figures: PrintedFigures, by export: RealExport) -> Double? {
        guard let count = figures.number("request_count.avg"),
            let rate = figures.number("request_throughput.avg")
        else { return nil }
        return count / rate
    }

    @Test("vLLM 0.33", arguments: ["vllm.json", "faults/vllm.json"])
    func vllm(path: String) throws {
        let export = try RealExport.vllm(path)
        #expect(try compare(.vllm, export, tolerance: 1e-6, clock: 2e-3) >= 22)
    }

    @Test("aiperf 0.13", arguments: ["", "faults/"])
    func aiperf(folder: String) throws {
        let export = try RealExport.aiperf(folder)
        #expect(try compare(.aiperf, export, tolerance: 1e-6, clock: 1e-3) >= 120)
    }

    @Test("guidellm 0.8.1", arguments: ["guidellm.json", "faults/guidellm.json"])
    func guidellm(path: String) throws {
        let export = try RealExport.guidellm(path)
        // A double of Unix seconds tells 238 ns apart.
        #expect(try compare(.guidellm, export, tolerance: 2e-5, clock: 1e-6) >= 120)
    }
}
