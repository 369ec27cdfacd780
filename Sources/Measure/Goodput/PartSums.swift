/// Sums over the requests of a part of a run, and when they earned.
struct PartSums: Sendable {
    private(set) var benefit = CompensatedSum()
    private(set) var negativeBenefit = CompensatedSum()
    private(set) var negativeBenefits = 0
    private(set) var experience = CompensatedSum()
    /// Requests with tokens.
    private(set) var answered = 0
    var timeline: Timeline

    /// - Parameter start: Where the run's T begins.
    init(start: Int64) { timeline = Timeline(start: start) }

    mutating func add(_ ending: Ending, experience figure: Double?) {
        benefit.add(ending.benefit)
        if ending.benefit < 0 {
            negativeBenefit.add(ending.benefit)
            negativeBenefits += 1
        }
        if let figure {
            experience.add(figure)
            answered += 1
        }
    }
}
