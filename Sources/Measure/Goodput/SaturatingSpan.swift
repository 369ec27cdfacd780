// Deadlines and slack of very slow readers pass 2^63 ns while all times of a request stay below it
// (``StreamingScore`` checks that), so a sum that sticks to the top compares with every such time
// as the exact sum would.

extension Int64 {
    /// The sum of two numbers of at least 0, or the greatest number.
    package func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// The product of two numbers of at least 0, or the greatest number.
    package func multipliedSaturated(by other: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
