package import HTTP

/// Takes the secrets that this side sends (keys, header values, user parts of URLs) out of what a
/// server says: some repeat them in their errors.
///
/// A secret is found in any case of its letters, with its characters escaped as JSON, URLs, HTML or
/// several of these do, and inside base64 and hexadecimal digits, also where they are encoded
/// twice. A credential's runs of `partBytes` bytes are found as well, so that a shortened echo
/// shows no more than a few. Values that are short or say nothing are no secrets: see
/// ``SecretValue``.
///
/// To be used before a text is cut: a secret that was cut in two is not found. Pure; a copy costs a
/// reference.
package struct SecretFilter: Sendable {
    /// Stands for what was taken out.
    package static let mark = "***"
    /// Shortest run of a long credential that is found, in bytes.
    static let partBytes = 8
    /// Longest text that is looked at, in bytes: far more than anybody keeps of it.
    static let textBytes = 16 << 10

    /// A filter that takes out nothing.
    package static let none = SecretFilter([])

    /// Nil without secrets: then nothing is looked at.
    private let needles: SecretNeedles?

    package init(_ secrets: [SecretValue]) {
        needles = secrets.isEmpty ? nil : SecretNeedles(secrets)
    }

    /// The secrets of what is sent: fields of requests, and base URLs.
    package init(fields: [HTTPField], urls: [String] = []) {
        self.init(
            fields.flatMap { SecretValue.secrets(of: $0) }
                + urls.flatMap { SecretValue.secrets(ofURL: $0) })
    }

    /// Whether there is nothing to take out.
    package var isEmpty: Bool { needles == nil }

    /// `text` with every secret, and every run of a credential, replaced by ``mark``; what lies
    /// beyond `textBytes` is dropped.
    package func redact(_ text: String) -> String {
        guard let needles, !text.isEmpty else { return text }
        let bytes = Array(text.utf8.prefix(Self.textBytes))
        var isSecret = Array(repeating: false, count: bytes.count)
        var view = DecodedView(bytes)
        repeat {
            needles.mark(&isSecret, in: view)
            for digits in view.encodedRuns() {
                needles.mark(&isSecret, in: digits)
                for inner in digits.encodedRuns() { needles.mark(&isSecret, in: inner) }
            }
        } while view.decode()
        guard isSecret.contains(true) else {
            return bytes.count == text.utf8.count ? text : String(decoding: bytes, as: UTF8.self)
        }
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        for (index, byte) in bytes.enumerated() {
            if !isSecret[index] {
                kept.append(byte)
            } else if index == 0 || !isSecret[index - 1] {
                kept.append(contentsOf: Self.mark.utf8)
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }
}
