import PlainText
import Results
import Testing

@testable import Console

/// The live view on terminals of all sizes.
@Suite struct LiveProgressTests {
    private static func snapshot(agents: Int) -> LiveSnapshot {
        var snapshot = LiveSnapshot()
        snapshot.elapsed = 72_000_000_000
        snapshot.duration = 420_000_000_000
        (snapshot.sent, snapshot.running, snapshot.done, snapshot.failed) = (291, 38, 249, 4)
        (snapshot.askedRate, snapshot.sentRate) = (4, 4)
        snapshot.latenessP99 = 61_000
        (snapshot.smoothGoodput, snapshot.throughput) = (1_284, 1_391)
        snapshot.recentBenefit = [1, 2, 3, 3, 4, 4, 3, 1, 2, 4]
        snapshot.agents = (0..<agents).map { index in
            var agent = LiveSnapshot.Agent(name: "node-\(index + 1)")
            (agent.running, agent.tokensPerSecond) = (9, 349)
            (agent.ttftP99, agent.idleP99, agent.latenessP99) = (431_000_000, 0, 58_000)
            agent.clockHalfWidth = 7_200
            return agent
        }
        return snapshot
    }

    private static let title = [
        "legato 0.3", "chat-and-code", "seed 42", "4 agents", "robust + linear S=5",
    ]

    private func view(_ columns: Int, _ rows: Int, _ style: ConsoleStyle = .plain) -> LiveProgress {
        LiveProgress(
            title: Self.title, style: style, size: TerminalSize(columns: columns, rows: rows))
    }

    @Test func aWideTerminalShowsAll() {
        var snapshot = Self.snapshot(agents: 4)
        snapshot.agents[2].servers = LiveServerLoad()
        snapshot.agents[2].servers?.waiting = 14
        snapshot.agents[2].servers?.keyValueUse = 0.97
        snapshot.agents[1].servers = LiveServerLoad()
        snapshot.agents[1].servers?.waiting = 0
        snapshot.agents[0].health = .done
        snapshot.agents[3].health = .away
        let expected = """
            legato 0.3 · chat-and-code · seed 42 · 4 agents · robust + linear S=5 · 01:12 of 07:00
             ━━━━━━━━━━──────────────────────────────────────────────────   17 %
             sent 291  running 38  done 249  failed 4    asked 4.0/s  sent 4.0/s  \
            lateness p99 61.0 us
             smooth goodput 1284.0 tok/s so far  of 1391.0 throughput  last 10 s ▂▄▆▆██▆▂▄█

             agent   running  tok/s  TTFT p99  idle p99  late p99  clock +-             server
             node-1        9    349    431 ms       0 s   58.0 us   7.20 us               done
             node-2        9    349    431 ms       0 s   58.0 us   7.20 us                 ok
             node-3        9    349    431 ms       0 s   58.0 us   7.20 us  queue 14, KV 97 %
             node-4        9    349    431 ms       0 s   58.0 us   7.20 us          link lost
            """
        #expect(view(100, 40).lines(snapshot).joined(separator: "\n") == expected)
    }

    /// No line is wider than the terminal and no block higher; the time, the rates and the names
    /// are there at 40 columns, too.
    @Test(arguments: [ConsoleStyle.plain, .coloured])
    func everySizeFits(style: ConsoleStyle) {
        for columns in 40...200 {
            for (rows, agents) in [(40, 4), (24, 40), (10, 40), (5, 3)] {
                let lines = view(columns, rows, style).lines(Self.snapshot(agents: agents))
                let bare = lines.map { $0.replacing(/\u{1b}\[[0-9]+m/, with: "") }
                for line in bare { #expect(line.count <= columns, "\(columns): \(line)") }
                // Columns go where there is no room for all; none is cut.
                if columns >= 50 {
                    #expect(!bare.contains { $0.hasSuffix("…") }, "\(columns): \(bare)")
                }
                if rows >= 10, columns >= 60 {
                    #expect(bare.count < rows, "\(columns) \(rows) \(bare)")
                }
                #expect(bare[0].hasSuffix("01:12 of 07:00"), "\(bare[0])")
                #expect(bare.contains { $0.contains("smooth goodput 1284.0 tok/s") })
                if rows >= 20 {
                    #expect(bare.contains { $0.contains("node-1") && $0.contains("349") })
                }
                if agents == 40 {
                    #expect(bare.last?.hasSuffix("agents") == true, "\(bare)")
                }
            }
        }
    }

    @Test func asciiTakesAsManyColumns() {
        let lines = view(100, 40).lines(Self.snapshot(agents: 4))
        let shown = lines.map(TerminalCharacters.ascii.shown)
        #expect(shown.map(\.count) == lines.map(\.count))
        #expect(shown.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }, "\(shown)")
        #expect(shown[0].contains("legato 0.3 - chat-and-code") && !shown.joined().contains("?"))
    }
}
