import Bytes
import ClockSync
import JournalSamples
import RunRecord
import Testing
import TimeBase
import TokenLog
import Wire

@Suite("Facts of a run as bytes")
struct RunFactTests {
    @Test("Every fact comes back as it was", arguments: FactSamples.all)
    func roundTrip(_ fact: RunFact) throws {
        #expect(try RunFact(decoding: fact.encoded()) == fact)
    }

    @Test("Hello in a journal is read whatever protocol its agent spoke", arguments: [1, 2, 900])
    func foreignHello(version: UInt16) throws {
        var hello = JournalDraft.hello(0)
        hello.versions = ProtocolVersionRange(lowest: version, highest: version)
        let fact = RunFact.heard(agent: 0, at: JournalDraft.start, .hello(hello))
        #expect(try RunFact(decoding: fact.encoded()) == fact)
    }

    @Test(
        "A fact that is cut at any byte is an error, but for what an opening of before lacks",
        arguments: FactSamples.all)
    func truncated(_ fact: RunFact) {
        let bytes = fact.encoded()
        let taken = bytes.indices.compactMap { try? RunFact(decoding: Array(bytes[..<$0])) }
        guard case .opening(var former) = fact else {
            #expect(taken.isEmpty, "cut it is a fact all the same")
            return
        }
        // Openings of before say nothing of the command, or nor of stages, and are read.
        former.command = []
        let later = former
        former.stages = []
        former.requiresSteady = false
        #expect(taken == [.opening(former), .opening(later)])
    }

    @Test("Bytes left over are an error", arguments: FactSamples.all)
    func leftOver(_ fact: RunFact) {
        #expect(throws: DecodeError.self) { try RunFact(decoding: fact.encoded() + [0]) }
    }

    /// The bytes of what `bytes` say, said again; nil where they say nothing.
    private func again(_ bytes: [UInt8]) -> [UInt8]? {
        // Bytes that say nothing are one of the two answers that are right.
        guard let fact = try? RunFact(decoding: bytes) else { return nil }
        return fact.encoded()
    }

    @Test("Any bit flipped: an error, or another fact that is one", arguments: FactSamples.all)
    func flipped(_ fact: RunFact) {
        let bytes = fact.encoded()
        var wrong: [Int] = []
        var others = 0
        for offset in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[offset] ^= 1 << UInt8(bit)
                guard let said = again(changed) else { continue }
                others += 1
                if again(said) != said { wrong.append(offset) }
            }
        }
        #expect(wrong.isEmpty, "these bytes make facts that do not come back")
        #expect(others < bytes.count * 8)
    }

    @Test("Random bytes never trap", arguments: 1...8 as ClosedRange<UInt8>)
    func random(code: UInt8) {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<400 {
            let tail = (0..<Int.random(in: 0...120, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            _ = again([code] + tail)
        }
    }

    private func problem(_ bytes: [UInt8]) -> DecodeError? {
        do throws(DecodeError) {
            _ = try RunFact(decoding: bytes)
            return nil
        } catch {
            return error
        }
    }

    private func bytes(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter()
        write(&writer)
        return writer.bytes
    }

    @Test("What claims too much is refused before room is made for it")
    func hostile() throws {
        #expect(problem([])?.problem == .truncated)
        #expect(problem([0])?.problem == .unknownCode(0))
        #expect(problem([10])?.problem == .unknownCode(10))
        let readings = bytes { writer in
            writer.raw([6])
            writer.varint(UInt64(RunFact.readingLimit) + 1)
        }
        #expect(
            problem(readings)?.problem
                == .overLimit(
                    value: UInt64(RunFact.readingLimit) + 1, limit: UInt64(RunFact.readingLimit)))
        // Within the limit, and without the bytes for it.
        #expect(
            problem(
                bytes { writer in
                    writer.raw([6])
                    writer.varint(UInt64(RunFact.readingLimit))
                }) != nil)
        for code: UInt8 in [2, 3, 4, 5] {
            let found = problem(
                bytes { writer in
                    writer.raw([code])
                    writer.varint(UInt64(WireLimits.agents))
                })
            #expect(
                found?.problem
                    == .overLimit(
                        value: UInt64(WireLimits.agents), limit: UInt64(WireLimits.agents) - 1))
        }
        for code: UInt8 in [7, 8] {
            for ns in [Int64.min, (1 << 61) + 1, .max] {
                let found = problem(
                    bytes { writer in
                        writer.raw([code])
                        writer.fixed(ns)
                    })
                #expect(found?.field == "fact instant")
            }
        }
    }

    @Test("Only what the one side says is heard, and what the other says is told")
    func sides() {
        for fact in FactSamples.all {
            guard case .heard(let agent, _, let message) = fact else { continue }
            #expect(
                throws: DecodeError.self,
                "\(message.kind) is nothing that an agent is told"
            ) { try RunFact(decoding: RunFact.told(agent: agent, message).encoded()) }
        }
        for fact in FactSamples.all {
            guard case .told(let agent, let message) = fact else { continue }
            let heard = RunFact.heard(agent: agent, at: LocalInstant(ns: 0), message)
            #expect(
                throws: DecodeError.self, "\(message.kind) is nothing that an agent says"
            ) { try RunFact(decoding: heard.encoded()) }
        }
    }

    @Test("A text that is too long is cut, a scenario left out: the opening can always be read")
    func longTexts() throws {
        var opening = FactSamples.opening
        opening.name = String(repeating: "é", count: 5_000)
        opening.notes = [String(repeating: "n", count: 70_000)]
        opening.scenarioJSON = #"""# + String(repeating: "x", count: 9 << 20) + #"""#
        guard case .opening(let read) = try RunFact(decoding: RunFact.opening(opening).encoded())
        else {
            Issue.record("an opening is an opening")
            return
        }
        #expect(read.scenarioJSON == "null")
        #expect(opening.name.hasPrefix(read.name) && read.name.utf8.count > 4_000)
        #expect(read.notes.map(\.utf8.count) == [4 << 10])
        let reason = String(repeating: "r", count: 4_000)
        let lost = RunFact.lost(agent: 0, Absence(from: LocalInstant(ns: 1), reason: reason))
        guard case .lost(_, let absence) = try RunFact(decoding: lost.encoded()) else {
            Issue.record("a loss is a loss")
            return
        }
        #expect(absence.reason.utf8.count == 1_024)
    }

    @Test("An opening without classes or percentiles, or with a share beyond 1, is none")
    func contradictions() {
        var opening = FactSamples.opening
        opening.classes = []
        #expect(throws: DecodeError.self) {
            try RunFact(decoding: RunFact.opening(opening).encoded())
        }
        for share in [-0.1, 1.1, .nan, .infinity] {
            var opening = FactSamples.opening
            opening.mostFailed = share
            #expect(throws: DecodeError.self, "\(share)") {
                try RunFact(decoding: RunFact.opening(opening).encoded())
            }
        }
    }
}
