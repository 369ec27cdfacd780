import Glibc
import Goodput
import Results

/// The reader that the page is looked at through: each class's own, or one for all.
struct Lens {
    /// One a class.
    let readers: [Reader]

    /// The speeds of the page's slider, tokens per second: 1 to 1,000 in 60 equal ratios.
    static let speeds: [Double] = (0...60).map { pow(10, Double($0) / 20) }

    /// The classes' own readers, then, at an alpha of 1, those of each of ``speeds``.
    static func all(_ classes: [ScoringParameters]) throws(ScoringError) -> [Lens] {
        var lenses = [try Lens(classes)]
        for speed in speeds { lenses.append(try Lens(classes, speed: speed, alpha: 1)) }
        return lenses
    }

    /// - Parameters:
    ///   - classes: The run's, with the parameters that it was scored by.
    ///   - speed: Everybody's; nil leaves each class its own.
    ///   - alpha: Everybody's; nil leaves each class its own.
    init(
        _ classes: [ScoringParameters], speed: Double? = nil, alpha: Double? = nil
    ) throws(ScoringError) {
        var readers: [Reader] = []
        for var parameters in classes {
            parameters.readingSpeed = speed ?? parameters.readingSpeed
            parameters.alpha = alpha ?? parameters.alpha
            readers.append(try Reader(parameters))
        }
        self.readers = readers
    }
}
