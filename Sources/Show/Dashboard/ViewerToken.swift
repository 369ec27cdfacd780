package import HTTP

/// A secret that viewers of one run show: made for the run, printed once, in no file.
package struct ViewerToken: Hashable, Sendable {
    private let text: String

    /// Draws one of 128 bits.
    package init(using generator: inout some RandomNumberGenerator) {
        let digits = Array("0123456789abcdef")
        text = String(
            (0..<32).map { _ in digits[Int(UInt8.random(in: 0...15, using: &generator))] })
    }

    /// The text that stands behind `#` in the page's address: a browser sends it to nobody.
    package var fragment: String { "#token=\(text)" }

    /// Whether a request shows it, as `Authorization: Bearer TOKEN`. The time that this takes says
    /// nothing about how much of a wrong one is right.
    package func isShown(by request: HTTPRequest) -> Bool {
        let fields = request.headers.filter { $0.name == "authorization" }
        guard fields.count == 1 else { return false }
        let (shown, wanted) = (Array(fields[0].value.utf8), Array("Bearer \(text)".utf8))
        guard shown.count == wanted.count else { return false }
        return zip(shown, wanted).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
