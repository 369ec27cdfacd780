import Dispatch
import Foundation
import Goodput
import PaperClaims
import Plot
import Synchronization

// The claims of the paper, run in virtual time on all cores: `reproduce-paper LENGTHS [FOLDER]`,
// which gets a drawing of each.

let clock = ContinuousClock()
let begin = clock.now
let arguments = CommandLine.arguments.dropFirst()
guard (1...2).contains(arguments.count), let path = arguments.first else {
    FileHandle.standardError.write(Data("usage: reproduce-paper LENGTHS.csv [FOLDER]\n".utf8))
    exit(64)
}
let lengths: LengthSample
do {
    lengths = try LengthSample(parsing: String(contentsOfFile: path, encoding: .utf8))
} catch {
    FileHandle.standardError.write(Data("reproduce-paper: \(path): \(error)\n".utf8))
    exit(66)
}

/// Gets the drawings.
let folder = arguments.dropFirst().first.map { URL(fileURLWithPath: $0) }
do {
    if let folder {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
} catch {
    FileHandle.standardError.write(Data("reproduce-paper: \(error.localizedDescription)\n".utf8))
    exit(73)
}

/// A run that some claims need, for all of their readers.
struct Job: Sendable {
    let load: Load
    let seed: UInt64
    let readers: [ScoringParameters]
}

var readers: [Load: Set<ScoringParameters>] = [:]
var seeds: [Load: UInt64] = [:]
for claim in Claims.all {
    for condition in claim.conditions {
        readers[condition.load, default: []].insert(condition.scoring)
        seeds[condition.load] = max(seeds[condition.load] ?? 0, claim.seeds)
    }
}
let jobs = readers.flatMap { load, readers in
    (1...(seeds[load] ?? 1)).map { Job(load: load, seed: $0, readers: Array(readers)) }
}
// The longest first, so that no core ends long after the others.
.sorted { ($0.load.requests, $0.load.rate, $0.seed) > ($1.load.requests, $1.load.rate, $1.seed) }

let found = Mutex<[Condition: [UInt64: Measured]]>([:])
let tokens = Mutex(0)
DispatchQueue.concurrentPerform(iterations: jobs.count) { index in
    let job = jobs[index]
    let run = job.load.run(seed: job.seed, shareGPT: lengths)
    for scoring in job.readers {
        guard let measured = try? run.measured(scoring) else {
            preconditionFailure("an engine's times can be scored")
        }
        found.withLock {
            $0[Condition(load: job.load, scoring: scoring), default: [:]][job.seed] = measured
        }
    }
    tokens.withLock { $0 += run.tokens }
}
let runs = found.withLock { $0 }.mapValues { $0.sorted { $0.key < $1.key }.map(\.value) }
var reproduced = 0
for claim in Claims.all {
    let judged = JudgedClaim(
        claim, runs.mapValues { Array($0.prefix(Int(claim.seeds))) })
    print(judged.text)
    if let folder {
        do {
            try Data(ClaimPlot(judged).svg.utf8).write(
                to: folder.appendingPathComponent("\(claim.name.lowercased()).svg"))
        } catch {
            FileHandle.standardError.write(Data("reproduce-paper: \(folder.path): \(error)\n".utf8))
            exit(73)
        }
    }
    reproduced += judged.isReproduced ? 1 : 0
}
let span = clock.now - begin
print(
    "\n\(reproduced) of \(Claims.all.count) claims reproduced; in brackets what an independent "
        + "implementation found.\n\(tokens.withLock { $0 }) tokens in \(jobs.count) runs, \(span)")
exit(reproduced == Claims.all.count ? 0 : 1)
