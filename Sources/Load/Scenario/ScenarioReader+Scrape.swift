extension ScenarioReader {
    /// The interval at which servers are asked for their metrics, in ns; nil for never.
    func scrapeInterval(_ top: SectionReader) -> Int64? {
        guard top.has("scrape"), top.text("scrape") != "off" else {
            return top.has("scrape") ? nil : ResolvedScenario.standardScrapeNs
        }
        return top.parsed("scrape") { text throws(QuantityError) in
            guard Quantity.dimension(of: text, among: [.rate]) != nil else {
                throw QuantityError(
                    message: "`\(text)` is neither `off` nor a rate; write for example `1/s`")
            }
            let rate = try Quantity.parse(text, .rate)
            guard Self.scrapeRates.contains(rate) else {
                throw QuantityError(message: "`\(text)` is not between 1/min and 10/s")
            }
            return Int64((1e9 / rate).rounded())
        }
    }

    /// Rates at which servers may be asked, a second.
    private static let scrapeRates = 1.0 / 60...10
}
