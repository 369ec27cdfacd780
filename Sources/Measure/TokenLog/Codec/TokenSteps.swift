import Bytes

/// A batch's tokens cut into steps: stretches of the log in which each stream occurs at most once
/// and the stamps lie close together, as an engine makes them that decodes all its sequences in
/// one step.
struct TokenSteps {
    /// The step of each token of the batch; ascending along the log.
    private(set) var stepOfToken: [Int] = []
    /// The first tick of each step.
    private(set) var times: [Int64] = []
    /// The size that the scheme would take, in bits, near enough to choose by.
    private(set) var costInBits = 0

    /// - Parameter closeness: the longest stretch of one step, in ticks.
    init(ticks: [Int64], streams: TokenStreams, closeness: Int64) {
        stepOfToken.reserveCapacity(ticks.count)
        var lastStep = [Int](repeating: -2, count: streams.requests.count)
        var step = -1
        var began: Int64 = 0
        var members = 0
        var membersBefore = 0
        var common = 0
        func setCost() -> Int { 16 + 8 * (members + membersBefore - 2 * common) }
        for (index, tick) in ticks.enumerated() {
            let stream = streams.streamOfToken[index]
            let offset = tick &- began
            if step < 0 || lastStep[stream] == step || offset < 0 || offset > closeness {
                if step >= 0 { costInBits += setCost() }
                membersBefore = members
                members = 0
                common = 0
                step += 1
                costInBits += bits(zigzag(tick &- (times.last ?? 0)))
                times.append(tick)
                began = tick
            }
            costInBits += bits(UInt64(bitPattern: tick &- began))
            members += 1
            if lastStep[stream] == step - 1 { common += 1 }
            lastStep[stream] = step
            stepOfToken.append(step)
        }
        costInBits += setCost()
    }
}

/// The significant bits of `value`.
@inline(__always)
func bits(_ value: UInt64) -> Int { UInt64.bitWidth - value.leadingZeroBitCount }
