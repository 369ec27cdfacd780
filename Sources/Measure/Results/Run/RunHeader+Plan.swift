import JSON

extension RunHeader {
    /// A text that is equal for two runs where they had the same plan: the scenario without what
    /// serves it and what only judges it (engine, servers, readers, objectives).
    ///
    /// Scenarios that differ in anything else count as other plans, also where they deal the same
    /// requests.
    package var planText: String {
        let judged = [
            "name", "engine", "servers", "preset", "reader", "goodput", "validity", "percentiles",
        ]
        let members = (scenario.members ?? []).filter { !judged.contains($0.name) }.map { member in
            guard member.name == "classes", case .array(let classes) = member.value else {
                return member
            }
            let loads = classes.map { load in
                load.members.map { .object($0.filter { $0.name != "reader" }) } ?? load
            }
            return JSONMember(member.name, .array(loads))
        }
        return "seed \(seed) " + JSONValue.object(members).indented
    }
}
