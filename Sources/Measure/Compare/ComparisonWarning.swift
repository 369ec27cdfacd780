import JSON
import PlainText
package import Results
import RunRecord
import Sampling

/// Something that makes a comparison less than it looks.
package enum ComparisonWarning: Hashable, Sendable {
    /// A run whose figures may not be used.
    case verdict(system: String, path: String, verdict: Verdict, reason: String?)
    /// Figures of a run that depend on its length.
    case overloaded(system: String)
    /// Readers of a class that differ, so that smooth goodput is not one figure.
    case readers(system: String, base: String, className: String)
    /// Some systems are simulated, and others are not.
    case simulated([String], measured: [String])
    /// Parts of the scenarios that differ, by their names.
    case scenarios(system: String, base: String, members: [String])
    case versions([String])
    case hosts(system: String, base: String)

    /// All that hold for `systems`, the first of which is the base; the gravest first.
    static func all(_ systems: [ComparedSystem]) -> [ComparisonWarning] {
        var warnings: [ComparisonWarning] = []
        for system in systems {
            for run in system.runs where !run.header.validity.verdict.isUsable {
                let verdict = run.header.validity.verdict
                warnings.append(
                    .verdict(
                        system: system.name, path: run.path, verdict: verdict,
                        reason: run.header.findings.first { $0.weight == verdict }?.sentence))
            }
        }
        for system in systems
        where system.runs.contains(where: { $0.steady?.verdict == .overloaded }) {
            warnings.append(.overloaded(system: system.name))
        }
        let base = systems[0]
        for system in systems.dropFirst() {
            let pair = (system.runs[0], base.runs[0])
            for (own, its) in zip(pair.0.readers, pair.1.readers)
            where own.name == its.name && own.parameters != its.parameters {
                warnings.append(
                    .readers(system: system.name, base: base.name, className: own.name))
            }
        }
        let simulated = systems.filter { $0.runs.contains { $0.header.simulated != nil } }
        if !simulated.isEmpty, simulated.count < systems.count {
            let names = simulated.map(\.name)
            warnings.append(
                .simulated(
                    names, measured: systems.map(\.name).filter { !names.contains($0) }))
        }
        for system in systems.dropFirst() {
            let members = differing(
                system.runs[0].header.scenario, base.runs[0].header.scenario)
            guard !members.isEmpty else { continue }
            warnings.append(
                .scenarios(system: system.name, base: base.name, members: members))
        }
        let versions = Set(systems.flatMap(\.runs).map(\.header.version)).sorted()
        if versions.count > 1 { warnings.append(.versions(versions)) }
        for system in systems.dropFirst()
        where hosts(of: system) != hosts(of: base) {
            warnings.append(.hosts(system: system.name, base: base.name))
        }
        return warnings
    }

    /// The members of two scenarios that differ, but for their names.
    private static func differing(_ a: JSONValue, _ b: JSONValue) -> [String] {
        let names = ((a.members ?? []) + (b.members ?? [])).map(\.name)
        var seen: Set<String> = ["name"]
        return names.filter { seen.insert($0).inserted && a[$0] != b[$0] }
    }

    /// The names of the machines that agents ran on.
    private static func hosts(of system: ComparedSystem) -> Set<String> {
        Set(
            system.runs.flatMap(\.header.agents).map { agent in
                agent.host["hostname"]?.string ?? ""
            })
    }

    package var sentence: String {
        switch self {
        case .verdict(let system, let path, let verdict, let reason):
            "\(system) is \(verdict.rawValue) (\(path))"
                + (reason.map { ": \($0)" } ?? ".")
        case .overloaded(let system):
            "\(system) was overloaded: its figures depend on how long the run was; compare at a "
                + "lower load."
        case .readers(let system, let base, let className):
            "\(system) and \(base) were scored for other readers of the class \(className): smooth "
                + "goodput is not one figure; give all of them one reader, by --preset or "
                + "--reading-speed."
        case .simulated(let simulated, let measured):
            Self.those(simulated) + " simulated, and " + Self.those(measured) + " not."
        case .scenarios(let system, let base, let members):
            "\(system) and \(base) had other scenarios: they differ in "
                + members.joined(separator: ", ") + "."
        case .versions(let versions):
            "The runs are of legato \(versions.joined(separator: " and ")): rules of measuring may "
                + "differ."
        case .hosts(let system, let base):
            "\(system) and \(base) were measured from other machines."
        }
    }

    /// `a is`, `a, b are`.
    private static func those(_ names: [String]) -> String {
        names.joined(separator: ", ") + (names.count == 1 ? " is" : " are")
    }
}
