import Foundation
import Testing

@Suite("legato clock")
struct ClockCommandTests {
    /// A clock a second behind that runs 10 ppm fast, probed 20 times a second for `seconds`; 20 us
    /// each way.
    private func probes(seconds: Int) -> String {
        var text = "train,member,t1,t2,t3,t4\n"
        for train in 0..<(seconds * 20) {
            var t1 = 5_000_000_000 + train * 50_000_000
            for member in 0..<4 {
                let noise = (train * 37 + member * 101) % 300
                let there = agent(t1 + 20_000 + noise)
                text +=
                    """
                    \(train),\(member),\(t1),\(there),\(there + 1_000),\
                    \(t1 + 41_000 + 2 * noise)

                    """
                t1 += 45_000
            }
        }
        return text
    }

    private func agent(_ ns: Int) -> Int { ns - 1_000_000_000 + (ns - 5_000_000_000) / 100_000 }

    @Test("Instants are mapped into bounds that hold, as the vectors' page says")
    func mapping() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("p.csv")
            let map = folder.appendingPathComponent("m.csv")
            try Data(probes(seconds: 10).utf8).write(to: file)
            let truths = (1..<50).map { 5_000_000_000 + $0 * 190_000_000 }
            try Data(
                ("agent_ns,coord_ns\n" + truths.map { "\(agent($0)),\($0)\n" }.joined()).utf8
            ).write(to: map)
            let result = try Program.run(["clock", file.path, "--map", map.path, "--json"])
            try #require(result.status == 0, "\(result.errors)")
            let json = result.json()
            let rows = try #require(json["map"] as? [[Double]])
            #expect(rows.count == truths.count)
            for (row, truth) in zip(rows, truths) {
                #expect(row.count == 7 && Int(row[0]) == agent(truth))
                #expect((row[1] - Double(truth)).magnitude < 1_000)
                #expect(row[2] <= Double(truth) && Double(truth) <= row[3])
            }
            #expect(json["valid"] as? Bool == true)
            #expect((json["reasons"] as? [String])?.isEmpty == true)
            #expect((json["events"] as? [[String: Any]])?.isEmpty == true)
            #expect(json["min_rtt_ns"] as? Int ?? 0 >= 40_000)
            let skew = try #require(json["skew_ppm"] as? Double)
            #expect((skew + 10).magnitude < 1, "\(skew)")
            let table = try Program.run(["clock", file.path, "--map", map.path])
            #expect(table.status == 0)
            #expect(table.text.contains("800 exchanges in 200 trains"), "\(table.text)")
            #expect(table.text.contains("the hard interval holds 100.0 %"), "\(table.text)")
        }
    }

    @Test("A mapping that does not hold ends with 2 and the reason")
    func notValid() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("p.csv")
            // The agent's clock is set forward by 30 ms in the middle.
            var lines = probes(seconds: 10).split(separator: "\n").map(String.init)
            for index in lines.indices.suffix(400) {
                var stamps = lines[index].split(separator: ",").compactMap { Int($0) }
                stamps[3] += 30_000_000
                stamps[4] += 30_000_000
                lines[index] = stamps.map(String.init).joined(separator: ",")
            }
            try Data(lines.joined(separator: "\n").utf8).write(to: file)
            let result = try Program.run(["clock", file.path, "--json"])
            let json = result.json()
            #expect(json["valid"] as? Bool == false)
            #expect((json["reasons"] as? [String])?.isEmpty == false)
            let events = try #require(json["events"] as? [[String: Any]])
            #expect(events.map { $0["kind"] as? String } == ["step"])
            for member in ["from_agent_ns", "to_agent_ns"] {
                #expect(events.first?[member] is Int)
            }
            #expect(result.status == 2)
            #expect(try Program.run(["clock", file.path, "--allow-invalid"]).status == 0)
        }
    }

    @Test("A bad file ends with 65 and its line and column; a missing one names itself")
    func badFiles() throws {
        try Program.withFolder { folder in
            let file = folder.appendingPathComponent("bad.csv")
            try Data("train,member,t1,t2,t3,t4\n0,0,1,2,x,9\n".utf8).write(to: file)
            let bad = try Program.run(["clock", file.path, "--json"])
            #expect(bad.status == 65 && bad.output.isEmpty)
            #expect(bad.errors.contains("bad.csv:2:9: `t3` is \"x\""), "\(bad.errors)")
            let good = folder.appendingPathComponent("p.csv")
            try Data(probes(seconds: 1).utf8).write(to: good)
            let instants = folder.appendingPathComponent("m.csv")
            try Data("agent_ns\n4\n-\n".utf8).write(to: instants)
            let map = try Program.run(["clock", good.path, "--map", instants.path])
            #expect(map.status == 65 && map.errors.contains("m.csv:3:1: "), "\(map.errors)")
            let missing = try Program.run(["clock", folder.path + "/none.csv"])
            #expect(missing.status == 1 && missing.errors.contains("none.csv"))
            #expect(try Program.run(["clock"]).status == 64)
        }
    }

    private static let vectorFolder = Program.root.appendingPathComponent("../shared/vectors/clock")

    /// The truth about both clocks is known there; see the folder's own page.
    @Test(
        "The public vectors: the guaranteed interval holds every true instant",
        .enabled(if: FileManager.default.fileExists(atPath: vectorFolder.path)),
        arguments: [
            "p01_loopback", "p02_lan_loss", "p03_lan_asym", "p04_congested", "p05_hostload",
            "p06_slew100",
        ])
    func publicVectors(name: String) throws {
        let truth = Self.vectorFolder.appendingPathComponent("\(name).truth.csv")
        let result = try Program.run([
            "clock", Self.vectorFolder.appendingPathComponent("\(name).probes.csv").path, "--map",
            truth.path, "--json", "--allow-invalid",
        ])
        try #require(result.status == 0, "\(result.errors)")
        let json = result.json()
        // One of them was slewed by 100 ppm, the others never broke.
        let events = try #require(json["events"] as? [[String: Any]])
        #expect(events.map { $0["kind"] as? String } == (name == "p06_slew100" ? ["rate"] : []))
        #expect(json["valid"] as? Bool == true)
        let rows = try #require(json["map"] as? [[NSNumber]])
        let lines = try String(contentsOf: truth, encoding: .utf8).split(separator: "\n")
            .dropFirst()
        #expect(rows.count == lines.count)
        for (row, line) in zip(rows, lines) {
            let known = line.split(separator: ",").compactMap { Int64($0) }
            let row = row.map(\.int64Value)
            #expect(row[0] == known[0] && row[2] <= known[1] && known[1] <= row[3])
        }
    }
}
