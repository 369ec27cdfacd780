import PlainText
import Sweep

extension SweepResult {
    /// The best point for readers of each speed that was asked for.
    var speedTable: [String] {
        let names = curves.map { curve in
            curve.settings.map(\.value).joined(separator: ", ").harmless
        }
        let several = curves.count > 1
        var table = TextTable(
            heading: ["reading speed", "smooth/GPU", "best \(axisHeading.harmless)"]
                + (several ? ["of"] : []))
        for best in bests {
            let name = best.settings.map(\.value).joined(separator: ", ").harmless
            table.add(
                [
                    Figures.short(best.speed) + " tok/s", Figures.short(best.smoothPerGPU),
                    number(best.load),
                ] + (several ? [name.cut(40)] : []))
        }
        let flips = Set(bests.map(\.settings)).count > 1
        let remark =
            several
            ? flips
                ? "Which of the \(names.count) is best depends on how fast people read."
                : "The same one is best at each of these speeds."
            : nil
        return table.lines + (remark.map { $0.wrapped(consoleWidth) } ?? [])
    }
}
