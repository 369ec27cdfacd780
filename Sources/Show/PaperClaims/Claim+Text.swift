import Glibc
import PlainText

extension JudgedClaim {
    /// The claim and its figures as lines of at most 100 columns.
    package var text: String {
        let verdict = isReproduced ? "reproduced" : "DIFFERS"
        var lines = ["", "\(claim.name)  \(verdict)"]
        lines += claim.sentence.wrapped(96).map { " " + $0 }
        for (index, row) in claim.rows.enumerated() {
            let mean = Self.digits(measured[index].mean)
            let half = measured[index].half > 0 ? " ± " + Self.digits(measured[index].half) : ""
            var line = "   " + row.label.left(30) + row.figure.rawValue.left(27)
            line += (mean + half).right(18)
            if let expected = row.expected {
                let range = expected.half > 0 ? " ± " + Self.digits(expected.half) : ""
                line += ("[" + Self.digits(expected.mean) + range + "]").right(17)
                line += agrees[index] == true ? "" : "  !"
            }
            lines.append(line)
        }
        for (peak, found) in zip(claim.peaks, peaks) {
            lines.append(
                "   \(peak.label): greatest at \(found.rate) requests/s [\(peak.expected)]"
                    + (found.agrees ? "" : "  !"))
        }
        for (relation, holds) in zip(claim.relations, holds) {
            lines += ((holds ? "holds: " : "DOES NOT HOLD: ") + relation.sentence).wrapped(94)
                .map { "  " + $0 }
        }
        return lines.joined(separator: "\n")
    }

    /// Four significant digits.
    private static func digits(_ value: Double) -> String {
        let size = abs(value)
        let places = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let count = withVaList([Int32(places), value]) {
                vsnprintf(buffer.baseAddress, 64, "%.*f", $0)
            }
            return String(
                decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
