import ArgumentParser
import Console
import Foundation
import JSON
import Results
import Storage
import Timeline

struct ClockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock",
        abstract: "Fit a file of clock probes: the mapping, its bounds and where a clock broke.",
        discussion: """
            FILE has a line of column names with train,member,t1,t2,t3,t4 among them, then an \
            exchange a line: train and member from 0, then when the coordinator sent the probe \
            (t1), the agent received it (t2) and replied (t3), and the reply came (t4), each in ns \
            of its host's clock. A run's folder serves as well: --agent chooses whose clock.

            Three bounds are printed, never one number: `hard` holds as long as no message travels \
            back in time and oscillators wander by at most 100 ppb a second; `budget` also trusts \
            the paths to differ by at most 35 % of the least round trip; `est` is the estimate's \
            own spread, advisory.

            A run's folder is read and left as it is, also while the run is under way, and whoever \
            owns it. Of a damaged journal the clock is fitted from all that is whole, and the \
            places are named.

            Exit codes: 0 the mapping holds; 2 it does not, with the reasons, or the journal is \
            damaged; 65 a bad file, by line and column.
            """)

    @Argument(help: "The probes, comma-separated, or a run's folder.", completion: .file())
    var file: String

    @Option(help: "The agent of a run with several.")
    var agent: String?

    @Option(
        help: ArgumentHelp(
            "Map the agent's instants in the first column of this file; a column coord_ns has "
                + "their true times, and errors are printed.", valueName: "file"),
        completion: .file())
    var map: String?

    @Flag(help: "Print JSON, and nothing else, on standard output.")
    var json = false

    @Flag(help: "End with 0 also when the mapping does not hold.")
    var allowInvalid = false

    func run() throws {
        let report: ClockReport
        do throws(FileProblem) {
            let (evidence, damage) = try evidence()
            var instants: InstantFile?
            if let map { instants = try InstantFile(path: map) }
            report = try ClockReport(evidence, path: file, instants: instants, damage: damage)
        } catch {
            Exit.now(Exit.code(of: error), "\(error)")
        }
        let text =
            json
            ? String(decoding: report.json.serialized, as: UTF8.self) + "\n"
            : Console.result(report.lines(style: Console.resultStyle))
        FileHandle.standardOutput.write(Data(text.utf8))
        if !report.isValid, !allowInvalid { Foundation.exit(Exit.notValid) }
    }

    private func evidence() throws(FileProblem) -> (ClockFits.Evidence, JournalDamage?) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue
        {
            let folder = try RunDirectory(reading: file)
            // A run that is under way has no manifest yet, and its clocks may be looked at.
            let manifest = folder.hasManifest ? try folder.manifest() : nil
            return try folder.journal(manifest).clock(of: agent)
        }
        guard agent == nil else {
            throw FileProblem(
                .content, file, "is a file of one agent's probes; --agent belongs to a run's folder"
            )
        }
        return (try ProbeFile(path: file).evidence, nil)
    }
}
