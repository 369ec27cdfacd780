import Advice
import PlainText
import Results

extension ResultTable {
    /// The things worth doing next, each with its command where there is one; with an empty line
    /// ahead.
    ///
    /// - Parameter most: Steps that are shown.
    func nextLines(most: Int = NextSteps.most) -> [String] {
        let steps = NextSteps(summary).steps.prefix(most)
        guard !steps.isEmpty else { return [] }
        let isVirtual = summary.header.validity.verdict == .simulated
        let folder = directory.map { $0.harmless.shellWord } ?? "RUN"
        var lines = ["", style.bold(" next")]
        var told: Set<StepCommand> = []
        for (index, step) in steps.enumerated() {
            let command = step.command.flatMap { told.insert($0).inserted ? $0 : nil }
            lines += self.lines(
                "\(index + 1). \(step.text.plain.harmless)",
                command?.line(folder: folder, isVirtual: isVirtual))
        }
        return lines
    }

    /// The sentence, and the command at its end where it fits there, else in a line of its own: a
    /// command that is broken over lines cannot be copied.
    private func lines(_ sentence: String, _ command: String?) -> [String] {
        var lines = sentence.wrapped(width)
        guard let command else { return lines }
        if let last = lines.last, last.count + 3 + command.count <= width {
            lines[lines.count - 1] = "\(last)   \(command)"
        } else {
            lines.append("   " + command)
        }
        return lines
    }

    /// The run's folder, and what to type to see more of it; with an empty line ahead.
    var lastLines: [String] {
        guard let directory else { return [] }
        let folder = directory.harmless.shellWord
        let commands = ["legato report \(folder)", StepCommand.compare.line(folder: folder)]
        let line = ([" \(directory.harmless)"] + commands).joined(separator: "   ")
        guard line.count > width else { return ["", style.dim(line)] }
        let both = " " + commands.joined(separator: "   ")
        return ["", style.dim(" \(directory.harmless)")]
            + (both.count <= width ? [both] : commands.map { " \($0)" }).map(style.dim)
    }
}
