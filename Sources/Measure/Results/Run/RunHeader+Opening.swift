import Bytes
import JSON
package import RunRecord

extension RunHeader {
    /// The header of a run with this opening.
    ///
    /// - Parameters:
    ///   - scored: Its scored requests; so for `warmup`.
    ///   - complete: See ``complete``; so for `lossless`.
    package init(
        _ opening: RunOpening, epoch: RunEpoch, agents: [RunAgent], validity: Validity,
        scored: LoadPlan.Count, warmup: LoadPlan.Count, complete: Bool, lossless: Bool
    ) {
        self.init(
            runID: opening.runID.description, name: opening.name, seed: opening.seed,
            version: opening.version, epoch: epoch, agents: agents, classes: opening.classes,
            validity: validity, complete: complete, lossless: lossless)
        // The run's own scenario wrote it as JSON, and damage is found by its checksum.
        scenario = (try? JSONValue(parsing: Array(opening.scenarioJSON.utf8))) ?? .null
        host = opening.host.json
        var load = LoadPlan(scored: scored, warmup: warmup)
        load.mostFailed = opening.mostFailed
        load.requiresSteady = opening.requiresSteady
        load.stages = opening.stages
        load.pinsOutput = opening.pinsOutput
        load.words = opening.words
        self.load = load
        notes = opening.notes
        percentiles = opening.percentiles
        command = opening.command
    }
}
