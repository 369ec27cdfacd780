import Goodput
import JSON
import Loss
import Results
import RunRecord

/// The best point of a sweep for readers of one speed.
package struct SpeedBest: Hashable, Sendable {
    /// S, tokens/s.
    package var speed: Double
    package var load: Double
    package var settings: [SweepSetting]
    /// Smooth goodput of one GPU there, tokens/s.
    package var smoothPerGPU: Double
    /// The same of each curve's best point, in their order; nil where a curve has none.
    package var ofCurves: [Double?]

    var json: JSONValue {
        [
            "reading_speed": .real(speed), "load": .real(load),
            "settings": .object(settings.map { JSONMember($0.field, .string($0.value)) }),
            "smooth_per_gpu": .real(smoothPerGPU),
            "curves": .array(ofCurves.map { $0.map { .real($0) } ?? .null }),
        ]
    }
}

extension SweepResult {
    /// For each reading speed that was asked for, the point that serves its readers best: smooth
    /// goodput a GPU with all else of each class's reader unchanged. A speed for which no point may
    /// be used, or whose GPUs nobody knows, is left out.
    package var bests: [SpeedBest] {
        speeds.enumerated().compactMap { index, speed in
            var best: SpeedBest?
            var ofCurves: [Double?] = []
            for curve in curves {
                guard let gpus = gpus(of: curve) else {
                    ofCurves.append(nil)
                    continue
                }
                var most: Double?
                for point in curve.points where point.verdict.isUsable {
                    guard let smooth = point.smooth(atSpeed: index) else { continue }
                    let value = smooth / gpus
                    most = max(most ?? value, value)
                    if best.map({ $0.smoothPerGPU < value }) ?? true {
                        best = SpeedBest(
                            speed: speed, load: point.load, settings: curve.settings,
                            smoothPerGPU: value, ofCurves: [])
                    }
                }
                ofCurves.append(most)
            }
            best?.ofCurves = ofCurves
            return best
        }
    }
}

extension SweepPoint {
    /// Smooth goodput for readers of a speed of the sweep, the mean over its runs; nil where some
    /// run has none.
    fileprivate func smooth(atSpeed index: Int) -> Double? {
        let values = runs.compactMap { index < $0.atSpeeds.count ? $0.atSpeeds[index] : nil }
        guard values.count == runs.count else { return nil }
        return values.reduce(0, +) / Double(values.count)
    }
}

extension RunSummary {
    /// Smooth goodput were every class's reader of so many tokens a second; nil where the run's
    /// surface was not asked for. The nearest of the surface's speeds is taken, at most 1.2 % away.
    func smoothGoodput(atSpeed speed: Double) -> Double? {
        guard let surface = analyses?.surface,
            let column = Surface.speeds.indices.min(by: {
                abs(Surface.speeds[$0] / speed - 1) < abs(Surface.speeds[$1] / speed - 1)
            })
        else { return nil }
        let value = zip(surface.classes, classParameters).reduce(0) { sum, part in
            sum + part.0.smoothGoodput(column: column, alpha: part.1.parameters.alpha)
        }
        return value.isFinite ? value : nil
    }
}
