import DequeModule

/// The copies of keys and values between an accelerator and its host: one channel each way, first
/// come first served, beside the steps.
struct SwapChannels: Sendable {
    struct Copy: Hashable, Sendable {
        var slot: Int
        var endNs: Int64
        /// Blocks of a sequence on its way out.
        var blocks: Int
    }

    private let bytesPerSecond: Double
    /// In the order in which they end.
    private(set) var out: Deque<Copy> = []
    private(set) var back: Deque<Copy> = []
    /// Blocks that become free by copies under way.
    private(set) var leavingBlocks = 0

    init(bytesPerSecond: Double) { self.bytesPerSecond = bytesPerSecond }

    /// The end of the next copy, ns.
    var nextEndNs: Int64? {
        switch (out.first, back.first) {
        case (let out?, let back?): min(out.endNs, back.endNs)
        case (let one?, nil), (nil, let one?): one.endNs
        case (nil, nil): nil
        }
    }

    mutating func copyOut(_ slot: Int, bytes: Int64, blocks: Int, now: Int64) {
        out.append(Copy(slot: slot, endNs: end(of: bytes, behind: out.last, now), blocks: blocks))
        leavingBlocks += blocks
    }

    mutating func copyBack(_ slot: Int, bytes: Int64, now: Int64) {
        back.append(Copy(slot: slot, endNs: end(of: bytes, behind: back.last, now), blocks: 0))
    }

    /// The next copy to the host that has ended by `now`.
    mutating func endedOut(by now: Int64) -> Int? {
        guard let first = out.first, first.endNs <= now else { return nil }
        leavingBlocks -= first.blocks
        out.removeFirst()
        return first.slot
    }

    /// The next copy back that has ended by `now`.
    mutating func endedBack(by now: Int64) -> Int? {
        guard let first = back.first, first.endNs <= now else { return nil }
        back.removeFirst()
        return first.slot
    }

    /// Forgets the copies of a sequence; the time that they had is not given to others.
    mutating func forget(_ slot: Int) {
        for copy in out where copy.slot == slot { leavingBlocks -= copy.blocks }
        out.removeAll { $0.slot == slot }
        back.removeAll { $0.slot == slot }
    }

    private func end(of bytes: Int64, behind last: Copy?, _ now: Int64) -> Int64 {
        max(now, last?.endNs ?? now) + Int64((Double(bytes) / bytesPerSecond * 1e9).rounded())
    }
}
