import Results
import Testing

@Suite("Store of runs")
struct StoreTests {
    private static func entry(
        _ folder: String, _ state: StoreEntry.State = .over(.valid), began: Int64 = 0,
        smooth: Double? = 100
    ) -> StoreEntry {
        var entry = StoreEntry(folder: folder, state: state, written: began)
        entry.name = "Chat"
        entry.smooth = smooth
        entry.servers = ["http://node-1:8000"]
        entry.host = "head"
        return entry
    }

    @Test("Every condition of a filter has to hold")
    func filter() {
        let entry = Self.entry("2026-chat", began: 1_000)
        let cases: [(Bool, (inout StoreFilter) -> Void)] = [
            (true, { _ in }),
            (true, { $0.name = "CHAT" }), (true, { $0.name = "2026" }),
            (false, { $0.name = "code" }),
            (true, { $0.server = "node-1" }), (false, { $0.server = "simulated" }),
            (true, { $0.host = "hea" }), (false, { $0.host = "x" }),
            (true, { $0.states = ["valid", "partial"] }), (false, { $0.states = ["damaged"] }),
            (true, { $0.smooth = .init(parsing: ">= 100") }),
            (false, { $0.smooth = .init(parsing: ">100") }),
            (true, { $0.smooth = .init(parsing: "100") }),
            (true, { $0.smooth = .init(parsing: "<=100.0") }),
            (false, { $0.smooth = .init(parsing: "< 1e2") }),
            (true, { $0.since = 1_000 }), (false, { $0.since = 1_001 }),
            (false, { $0.before = 1_000 }), (true, { $0.before = 1_001 }),
            (
                false,
                {
                    $0.name = "chat"
                    $0.host = "x"
                }
            ),
        ]
        for (index, (holds, change)) in cases.enumerated() {
            var filter = StoreFilter()
            change(&filter)
            #expect(filter.holds(for: entry) == holds, "case \(index)")
        }
        var bound = StoreFilter()
        bound.smooth = .init(parsing: "<1")
        #expect(!bound.holds(for: Self.entry("a", smooth: nil)))
        for text in ["", ">", "x", "> nan", ">= inf", "1 and 2"] {
            #expect(StoreFilter.Bound(parsing: text) == nil, "\(text)")
        }
    }

    @Test("The newest stay; what may go on and what holds other files is left")
    func prune() {
        var foreign = Self.entry("foreign")
        foreign.foreign = "notes.txt"
        var fresh = Self.entry("fresh", began: 990)
        fresh.kind = .sweep
        var other = Self.entry("other")
        other.kind = nil
        var old = Self.entry("old")
        old.byteCount = 7
        let entries = [
            Self.entry("new"), Self.entry("going", .underWay), fresh, foreign, other, old,
            Self.entry("dead", .unfinished),
        ]
        let plan = PrunePlan(entries, keep: 1, now: 1_000)
        #expect(plan.removed.map(\.folder) == ["old", "dead"])
        #expect(plan.byteCount == 7)
        #expect(plan.left.map(\.folder) == ["going", "fresh", "foreign", "other"])
        #expect(
            plan.left.map(\.reason) == [.underWay, .underWay, .foreign("notes.txt"), .noRun])
        #expect(PrunePlan(entries, keep: 9, now: 1_000).removed.isEmpty)
        #expect(PrunePlan(entries, keep: 0, now: 2_000).removed.map(\.folder).contains("fresh"))
    }

    @Test(
        "The files that runs write, and no others",
        arguments: [
            ("manifest.json", false, true), (".manifest.json.new", false, true),
            ("run.sqlite", false, true), ("sweep.svg", false, true), ("points", true, true),
            ("run-12", true, true), ("run-12/tokens.log", false, true),
            ("points/a", true, true), ("points/a/summary.json", false, true),
            ("points/a.partial", true, true),
            ("notes.txt", false, false), ("manifest.json", true, false), ("points", false, false),
            ("run-", true, false), ("run-x", true, false), ("run-1/x", true, false),
            ("run-1/sweep.json", false, false), ("points/summary.json", false, false),
            ("points/a/b", true, false), ("points/a/b/manifest.json", false, false),
            ("data/manifest.json", false, false), (".x.new", false, false),
        ])
    func layout(path: String, isFolder: Bool, isOwn: Bool) {
        let way = path.split(separator: "/").map(String.init)
        #expect(StoreLayout.isOwn(way, isFolder: isFolder) == isOwn)
    }
}
