import ArgumentParser
import Goodput
import Scenario
import TimeBase

/// Amounts on the command line, read as in a scenario; a time without a unit is in seconds, as
/// other tools have it.
enum Quantities {
    /// "30 s", "1m30s", "00:01:00", "90"; throws a usage error that names the option.
    static func span(_ text: String, _ option: String) throws -> TimeSpan {
        do throws(QuantityError) {
            let ns = try Quantity.nanoseconds(Quantity.text(text, bareUnit: " s"))
            return TimeSpan(ns: ns)
        } catch {
            throw ValidationError("\(option): \(error.message)")
        }
    }

    /// "4 GiB", "500 MB"; throws a usage error that names the option.
    static func bytes(_ text: String, _ option: String) throws -> UInt64 {
        do throws(QuantityError) {
            let bytes = try Quantity.parse(text, .bytes)
            guard bytes >= 1, bytes < 9e18 else {
                throw QuantityError(message: "`\(text)` is no size from 1 B to 9e18 B")
            }
            return UInt64(bytes)
        } catch {
            throw ValidationError("\(option): \(error.message)")
        }
    }

    /// "5%", "1 %", as a part of 1 below it; throws a usage error that names the option.
    static func share(_ text: String, _ option: String) throws -> Double {
        let share: Double
        do throws(QuantityError) {
            share = try Quantity.parse(text, .share) / 100
        } catch {
            throw ValidationError("\(option): \(error.message)")
        }
        guard share >= 0, share < 1 else {
            throw ValidationError("\(option) is \"\(text)\"; write a share such as 5%")
        }
        return share
    }

    /// "50,95,99.9", of `--percentiles`; throws a usage error.
    static func percentiles(_ text: String) throws -> PercentileRanks {
        do throws(PercentileError) {
            return try PercentileRanks(parsing: text)
        } catch {
            throw ValidationError("--percentiles: \(error)")
        }
    }
}
