extension Int64 {
    /// The number over 10^digits, all digits of the fraction, which loses nothing.
    ///
    /// - Parameter digits: 1 to 18.
    func decimal(_ digits: Int) -> String {
        let sign = self < 0 ? "-" : ""
        let text = String(magnitude)
        let padded = String(repeating: "0", count: Swift.max(0, digits + 1 - text.count)) + text
        return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }
}
