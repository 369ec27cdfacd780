import Testing

/// The ways in which a decoder's tests cut the same bytes.
package enum Cut: CaseIterable, CustomTestStringConvertible {
    case whole, everyByte, twos, sevens

    package var testDescription: String { "\(self)" }

    package func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
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
