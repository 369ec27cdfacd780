import Testing

/// The ways in which a decoder's tests cut the same bytes.
enum Cut: CaseIterable, CustomTestStringConvertible {
    case whole, everyByte, twos, sevens

    var testDescription: String { "\(self)" }

    func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
        let size =
            switch self {
            case .whole: max(bytes.count, 1)
            case .everyByte: 1
            case .twos: 2
            case .sevens: 7
            }
        return stride(from: 0, to: bytes.count, by: size).map {
            Array(bytes[$0..<min($0 + size, bytes.count)])
        }
    }
}

/// SplitMix64: a seeded generator, so that every property test can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
