/// Times of other tools' files as whole nanoseconds.
enum ForeignTime {
    /// The longest span, s: 30 years. A longer one is no measurement, or in another unit.
    static let longest = 1e9

    /// `seconds` in ns; nil where it is longer than ``longest``.
    static func ns(_ seconds: Double) -> Int64? {
        guard seconds.magnitude <= longest else { return nil }
        return Int64((seconds * 1e9).rounded(.toNearestOrEven))
    }

    /// `seconds` for a sentence.
    static func words(_ seconds: Double) -> String { "\(seconds) s" }
}

/// The whole second that a file's stamps are counted from: stamps of a Unix clock as doubles keep
/// what precision they have when it is subtracted before they are converted.
struct ForeignEpoch {
    private var base: Double?

    /// `seconds` of the file's clock, in ns after the first one's whole second; nil where it lies
    /// further away than ``ForeignTime/longest``.
    mutating func ns(_ seconds: Double) -> Int64? {
        let base = base ?? seconds.rounded(.down)
        self.base = base
        return ForeignTime.ns(seconds - base)
    }
}
