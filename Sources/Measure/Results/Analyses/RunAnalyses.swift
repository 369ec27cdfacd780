package import Gaming
package import Holding
package import Loss
package import Sampling
package import ToolRules

/// The worth of a run's totals: how far they can be trusted, where the rest went, who would have
/// gained by playing, and who held tokens.
package struct RunAnalyses: Hashable, Sendable {
    /// The base URLs of the servers, by their indices in the loss and in ``holding``.
    package var servers: [String]
    package var loss: LossFigures
    package var gameability: Gameability
    /// One a server.
    package var holding: [HoldingFigures]
    /// The steady state, and how far each figure may lie; nil where the run's stages are not known.
    package var samples: RunSamples?
    /// The same of each stage, where there are several.
    package var stages: [RunSamples]
    /// Latencies between tokens by every rule.
    package var interToken: InterTokenFigures?
    /// Smooth goodput for every reader; nil where nobody asked.
    package var surface: SurfaceFigures?

    /// The servers that held tokens, and those of which something is suspected.
    package var remarkableServers: [(url: String, figures: HoldingFigures)] {
        zip(servers, holding).filter { $1.isHeld == true || !$1.suspicions.isEmpty }
            .map { (url: $0, figures: $1) }
    }
}
