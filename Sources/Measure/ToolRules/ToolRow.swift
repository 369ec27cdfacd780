package import Goodput

/// A figure in a tool's own result file: where it stands, how it is made, in which unit.
package struct ToolRow: Hashable, Sendable {
    package enum Scale: Hashable, Sendable {
        case one
        /// From ns.
        case seconds
        case milliseconds
        /// From a rate per ns.
        case perSecond

        var factor: Double {
            switch self {
            case .one: 1
            case .seconds: 1e-9
            case .milliseconds: 1e-6
            case .perSecond: 1e9
            }
        }
    }

    /// The names of the members that lead to it.
    package var path: [String]
    package var quantity: Quantity
    package var scale: Scale
    /// The unit that the file names beside it; nil where it names none.
    package var unit: String?

    init(
        _ path: [String], _ quantity: Quantity, _ scale: Scale = .one, unit: String? = nil
    ) {
        self.path = path
        self.quantity = quantity
        self.scale = scale
        self.unit = unit
    }
}

extension Tool {
    /// The percentiles that vLLM's file has unless it is asked for others.
    package static let usualPercentiles = PercentileRanks([PercentileRank.p99])

    /// The tool's figures in the order of its file.
    ///
    /// - Parameter percentiles: Those that vLLM lists (`--metric-percentiles`); the other tools
    ///   have lists of their own.
    package func rows(_ percentiles: PercentileRanks = usualPercentiles) -> [ToolRow] {
        switch self {
        case .vllm: Self.vllmRows(percentiles)
        case .sglang: Self.sglangRows
        case .aiperf: Self.aiperfRows
        case .guidellm: Self.guidellmRows
        }
    }
}

extension [ToolRow] {
    /// The percentiles that the rows ask for.
    var ranks: Set<PercentileRank> {
        Set(
            compactMap { row in
                guard case .statistic(_, .percentile(let thousandths)) = row.quantity else {
                    return nil
                }
                return PercentileRank(thousandths: thousandths)
            })
    }

    /// The measures that the rows ask for, each once.
    var measures: Set<Measure> {
        Set(
            compactMap { row in
                guard case .statistic(let measure, _) = row.quantity else { return nil }
                return measure
            })
    }
}
