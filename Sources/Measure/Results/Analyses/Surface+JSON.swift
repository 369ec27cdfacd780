package import JSON
package import Loss

extension Surface {
    /// The throughput and the columns of a surface, P(S) and S in tokens per second; a penalty that
    /// is infinite is null.
    package var json: JSONValue {
        .object([
            "throughput": .real(throughput),
            "reading_speed": .array(Self.speeds.map { .real($0) }),
            "penalty": .array(penalties.map { $0.isFinite ? .real($0) : .null }),
        ])
    }
}
