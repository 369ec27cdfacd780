import Testing
import TimeBase

@testable import EventLoop

@Suite struct StampWitnessTests {
    /// The process's own REALTIME converts the kernel's stamps; one that is bent by 100 us, either
    /// way, does not.
    @Test(arguments: [0, 100_000, -100_000] as [Int64])
    func onlyTheKernelsClockConverts(bentNs: Int64) throws {
        let witness = try #require(StampWitness())
        // A machine that is busy for a while may deliver late, which is no verdict.
        let verdicts = (0..<20).compactMap { _ in
            var pair = SystemClocks.realtimePair()
            pair.otherNs += bentNs
            return witness.confirms(RealtimeConversion(pair: pair))
        }
        #expect(!verdicts.isEmpty)
        let agreeing = verdicts.count { $0 == (bentNs == 0) }
        #expect(agreeing > verdicts.count / 2, "\(verdicts)")
    }

    /// It is asked at once, and then not before the interval has passed.
    @Test func theWitnessIsAskedNowAndThen() {
        let begin = LocalInstant(ns: 5)
        // By a time that lies a second back: false wherever there is an answer at all.
        var pair = SystemClocks.realtimePair()
        pair.otherNs += 1_000_000_000
        let conversion = RealtimeConversion(pair: pair)
        let early = begin + StampInquiry.interval - TimeSpan(ns: 1)
        var answers = [[Bool?]](repeating: [], count: 3)
        for _ in 0..<20 {
            // A machine that is busy for a while may deliver late, which is no verdict.
            var inquiry = StampInquiry()
            answers[0].append(inquiry.verdict(on: conversion, at: begin))
            answers[1].append(inquiry.verdict(on: conversion, at: early))
            answers[2].append(inquiry.verdict(on: conversion, at: begin + StampInquiry.interval))
        }
        #expect(answers[0].contains(false) && answers[2].contains(false))
        #expect(answers[1].allSatisfy { $0 == nil })
        #expect(!answers.joined().contains(true))
    }

    @Test func aForeignStampIsNotConverted() {
        var conversion = RealtimeConversion(pair: SystemClocks.realtimePair())
        let stamp = conversion.pair.otherNs
        #expect(conversion.raw(ofRealtimeNs: stamp) == conversion.pair.raw)
        conversion.isForeign = true
        #expect(conversion.raw(ofRealtimeNs: stamp) == nil)
    }
}
