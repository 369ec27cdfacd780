import JSON
import Results

/// The bounds of good requests that a scenario sets for all of its classes.
enum SweepBounds {
    /// ns by latency; those that are not written as a plain time are left out.
    static func all(_ scenario: JSONValue) -> [LatencyRow: Double] {
        var bounds: [LatencyRow: Double] = [:]
        for row in [LatencyRow.ttft, .tbt, .tpot, .e2e] {
            guard let text = scenario["goodput"]?[row.rawValue]?.string else { continue }
            bounds[row] = time(text)
        }
        return bounds
    }

    /// `500 ms`, as a manifest writes a time.
    private static func time(_ text: String) -> Double? {
        let parts = text.split(separator: " ")
        let units = ["ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9, "min": 60e9]
        guard parts.count == 2, let value = Double(parts[0]), let unit = units[String(parts[1])],
            value > 0, value.isFinite
        else { return nil }
        return value * unit
    }
}
