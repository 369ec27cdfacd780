import ArgumentParser
import Goodput
import TimeBase

/// Amounts on the command line: they carry their unit, as in a scenario.
enum Quantities {
    private static let spans: [(unit: String, ns: Double)] = [
        ("ms", 1e6), ("us", 1e3), ("min", 60e9), ("h", 3_600e9), ("s", 1e9),
    ]
    private static let sizes: [(unit: String, bytes: Double)] = [
        ("KiB", 1_024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("kB", 1e3), ("MB", 1e6),
        ("GB", 1e9),
    ]

    /// "30 s", "500 ms", "2 min"; throws a usage error that names the option.
    static func span(_ text: String, _ option: String) throws -> TimeSpan {
        guard let ns = amount(text, spans.map { ($0.unit, $0.ns) }), ns >= 0, ns < 9e18 else {
            throw ValidationError(
                "\(option) is \"\(text)\"; write a time with its unit, such as \"30 s\" or \"500 ms\""
            )
        }
        return TimeSpan(ns: Int64(ns))
    }

    /// "4 GiB", "500 MB"; throws a usage error that names the option.
    static func bytes(_ text: String, _ option: String) throws -> UInt64 {
        guard let bytes = amount(text, sizes.map { ($0.unit, $0.bytes) }), bytes >= 1, bytes < 9e18
        else {
            throw ValidationError(
                "\(option) is \"\(text)\"; write a size with its unit, such as \"4 GiB\"")
        }
        return UInt64(bytes)
    }

    /// "50,95,99.9", of `--percentiles`; throws a usage error.
    static func percentiles(_ text: String) throws -> PercentileRanks {
        do throws(PercentileError) {
            return try PercentileRanks(parsing: text)
        } catch {
            throw ValidationError("--percentiles: \(error)")
        }
    }

    private static func amount(_ text: String, _ units: [(String, Double)]) -> Double? {
        for (unit, factor) in units where text.hasSuffix(unit) {
            let digits = text.dropLast(unit.count).filter { $0 != " " }
            if let number = Double(digits), number.isFinite { return number * factor }
        }
        return nil
    }
}
