import Glibc

/// A scale from values to pixels, with ticks at 1, 2 and 5 times powers of ten.
package struct PlotAxis {
    /// Equal ratios are equally far apart where it is.
    package let isLogarithmic: Bool
    package let values: ClosedRange<Double>
    /// The pixels of the ends; the first may be the greater one.
    package let pixels: (Double, Double)

    /// - Precondition: A logarithmic axis has values above 0.
    package init(
        _ values: ClosedRange<Double>, pixels: (Double, Double), isLogarithmic: Bool = false
    ) {
        precondition(!isLogarithmic || values.lowerBound > 0, "a logarithm takes what is above 0")
        self.values = values
        self.pixels = pixels
        self.isLogarithmic = isLogarithmic
    }

    /// The pixel of a value; those outside lie outside.
    package func place(_ value: Double) -> Double {
        func scaled(_ value: Double) -> Double { isLogarithmic ? log(value) : value }
        let (low, high) = (scaled(values.lowerBound), scaled(values.upperBound))
        guard high > low else { return (pixels.0 + pixels.1) / 2 }
        return pixels.0 + (scaled(value) - low) / (high - low) * (pixels.1 - pixels.0)
    }

    /// At most `most` round values within the axis, rising.
    package func ticks(_ most: Int) -> [Double] {
        isLogarithmic ? logarithmicTicks(most) : linearTicks(most)
    }

    private func linearTicks(_ most: Int) -> [Double] {
        let length = values.upperBound - values.lowerBound
        guard length > 0, length.isFinite else { return [values.lowerBound] }
        var exponent = log10(length / Double(most)).rounded(.down)
        while true {
            for factor in [1.0, 2, 5] {
                let step = factor * pow(10, exponent)
                let first = (values.lowerBound / step).rounded(.up)
                let last = (values.upperBound / step).rounded(.down)
                if last - first < Double(most) {
                    return stride(from: first, through: last, by: 1).map { $0 * step }
                }
            }
            exponent += 1
        }
    }

    private func logarithmicTicks(_ most: Int) -> [Double] {
        let first = log10(values.lowerBound).rounded(.down)
        let last = log10(values.upperBound).rounded(.up)
        for factors in [[1.0, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]] {
            let ticks = stride(from: first, through: last, by: 1).flatMap { exponent in
                factors.map { $0 * pow(10, exponent) }
            }.filter { values.contains($0) }
            if ticks.count <= most, !ticks.isEmpty { return ticks }
        }
        return [values.lowerBound, values.upperBound]
    }
}
