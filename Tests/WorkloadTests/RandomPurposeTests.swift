import Randomness
import Testing
import Workload

@Suite struct RandomPurposeTests {
    @Test func `sub-streams differ by seed, purpose, scope and index`() {
        var keys: Set<UInt64> = []
        for seed in UInt64(0)..<4 {
            for purpose in RandomStream.Purpose.allCases {
                for scope in UInt64(0)..<4 {
                    for index in UInt64(0)..<4 {
                        keys.insert(
                            RandomStream.key(
                                seed: seed, purpose: purpose, scope: scope, index: index))
                    }
                }
            }
        }
        #expect(keys.count == 4 * RandomStream.Purpose.allCases.count * 16)
    }
}
