import ClockSync
import Randomness
import Testing

@testable import Results

@Suite("Files of probes") struct ProbeFileTests {
    private func parse(_ text: String) throws -> ProbeFile {
        try ProbeFile(parsing: Array(text.utf8), path: "p.csv")
    }

    @Test func columnsAreFoundByName() throws {
        let file = try parse(
            "\u{FEFF}rtt,t4,t3,t2,t1,\"member\",train\r\n\r\n"
                + "9, 40 ,-5,-6,10,1,7\r\n9,41,-5,-6,10,2,7"
        )
        #expect(
            file.exchanges == [
                ClockExchange(train: 7, member: 1, t1: 10, t2: -6, t3: -5, t4: 40),
                ClockExchange(train: 7, member: 2, t1: 10, t2: -6, t3: -5, t4: 41),
            ])
    }

    @Test func stampsReachTheEndsOfInt64() throws {
        let ends =
            "train,member,t1,t2,t3,t4\n0,0,\(Int64.min),5,5,\(Int64.min + 9)\n"
            + "1,0,\(Int64.max - 9),5,5,\(Int64.max)\n"
        // Differences from one side to the other pass 64 bits: that is said, and nothing traps.
        let error = #expect(throws: FileProblem.self) { try parse(ends) }
        #expect(error?.description.hasPrefix("p.csv:2:5: ") == true, "\(error?.description ?? "")")
        let near =
            "train,member,t1,t2,t3,t4\n"
            + "0,0,\(Int64.max - 9),\(Int64.max - 8),\(Int64.max - 8),\(Int64.max)\n"
        #expect(try parse(near).exchanges[0].t4 == .max)
    }

    @Test(
        "Each bad file is one sentence with its location",
        arguments: [
            ("", "p.csv: is empty"),
            ("\n\n", "p.csv: is empty"),
            ("train,member,t1,t2,t3,t4\n", "p.csv: holds column names and no exchange"),
            ("train,member,t1,t2,t3\n", "p.csv:1:22: there is no column `t4`"),
            ("train,member,t1,t2,t3,t4,t1\n", "p.csv:1:26: a second column is named `t1`"),
            ("0,0,1,2,3,4\n", "p.csv:1:12: there is no column `train`"),
            ("train,member,t1,t2,t3,t4\n0,0,1,2,3\n", "p.csv:2:10: the row has 5 fields"),
            ("train,member,t1,t2,t3,t4\n0,0,1,2,3,4,5\n", "p.csv:2:13: the row has 7 fields"),
            ("train,member,t1,t2,t3,t4\n0,0,1,2,x,4\n", "p.csv:2:9: `t3` is \"x\""),
            ("train,member,t1,t2,t3,t4\n0,0,1.5,2,3,4\n", "p.csv:2:5: `t1` is \"1.5\""),
            ("train,member,t1,t2,t3,t4\n0,0,,2,3,4\n", "p.csv:2:5: `t1` is missing"),
            (
                "train,member,t1,t2,t3,t4\n0,0,1,9223372036854775808,3,4\n",
                "p.csv:2:7: `t2` does not fit into 64 bits"
            ),
            ("train,member,t1,t2,t3,t4\n-1,0,1,2,3,4\n", "p.csv:2:1: `train` lies outside"),
            ("train,member,t1,t2,t3,t4\n0,65536,1,2,3,4\n", "p.csv:2:3: `member` lies outside"),
            ("train,member,t1,t2,t3,t4\n0,0,5,2,3,4\n", "p.csv:2:11: `t4` lies before `t1`"),
            ("train,member,t1,t2,t3,t4\n0,0,1,3,2,4\n", "p.csv:2:9: `t3` lies before `t2`"),
            ("train,member,t1,t2,t3,t4\n0,0,1,2,9,4\n", "p.csv:2:5: the agent held the probe"),
            (
                "train,member,t1,t2,t3,t4\n0,0,1,2,3,4\n0,1,5,6,7,8\n0,0,1,2,3,4\n",
                "p.csv:4:1: member 0 of train 0 stands in line 2 already"
            ),
        ])
    func badFiles(text: String, expected: String) {
        let error = #expect(throws: FileProblem.self) { try parse(text) }
        #expect(error?.kind == .content)
        #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
    }

    @Test func noBytesTrap() throws {
        var samples = ProbeSamples()
        let good = Array(ProbeSamples.csv(samples.exchanges(seconds: 1)).utf8.prefix(400))
        var generator = SplitMix64(seed: 3)
        for index in good.indices {
            _ = try? ProbeFile(parsing: Array(good[..<index]), path: "p")  // either is right
            var damaged = good
            damaged[index] ^= UInt8.random(in: 1...255, using: &generator)
            _ = try? ProbeFile(parsing: damaged, path: "p")  // either is right
        }
    }

    @Test func instantsAreTheFirstColumn() throws {
        func instants(_ text: String) throws -> InstantFile {
            try InstantFile(parsing: Array(text.utf8), path: "m.csv")
        }
        let bare = try instants("-5\n7,x\n")
        #expect(bare.agentNs == [-5, 7] && bare.coordinatorNs == nil)
        let named = try instants("agent_ns,note,coord_ns\n1,a,2\n3,b,4\n")
        #expect(named.agentNs == [1, 3] && named.coordinatorNs == [2, 4])
        #expect(try instants("").agentNs.isEmpty)
        for (text, begin) in [
            ("1\nx\n", "m.csv:2:1: `agent_ns` is \"x\""),
            ("agent_ns,coord_ns\n1,\n", "m.csv:2:3: `coord_ns` is missing"),
            ("agent_ns,coord_ns\n1\n", "m.csv:2:2: `coord_ns` is missing"),
        ] {
            let error = #expect(throws: FileProblem.self) { try instants(text) }
            #expect(
                error?.description.hasPrefix(begin) == true, "\(error?.description ?? "")")
        }
    }
}
