import Foundation

/// The seeds of the worlds that keep every promise: a thousand of each kind.
///
/// `SIMULATION_RUNS=20000 swift test -c release --filter SimulationTests` makes as many of each
/// kind as asked for, in whole hundreds and at least a thousand, from `SIMULATION_SEED` on.
enum WorldSeeds {
    private static let environment = ProcessInfo.processInfo.environment
    private static let runs = environment["SIMULATION_RUNS"].flatMap { UInt64($0) } ?? 0
    private static let first = environment["SIMULATION_SEED"].flatMap { UInt64($0) } ?? 0

    /// The seeds by hundreds, so that these can be tried beside each other.
    static let hundreds = (0..<max(runs, 1_000) / 100).map { hundred in
        first + hundred * 100..<first + hundred * 100 + 100
    }
}
