/// Stretches of a load, of about a second each, in which its loop was too busy to stamp and send in
/// time.
package struct Overload: Hashable, Sendable {
    /// All of them together, ns.
    package var totalNs: UInt64 = 0
    /// From the first one's begin to the last one's end, ns since the load began.
    package var fromNs: UInt64 = 0
    package var toNs: UInt64 = 0

    /// The busy share of a loop, in thousandths, above which stamps and sends wait for one another:
    /// at 80 % a queue of such a loop is four of its services long.
    package static let permille: UInt16 = 800

    package init() {}

    /// Takes in a stretch, in order of time, of which `permille` thousandths were busy.
    package mutating func add(from begin: UInt64, to end: UInt64, permille: UInt16) {
        guard permille > Self.permille, end > begin else { return }
        if totalNs == 0 { fromNs = begin }
        totalNs += end - begin
        toNs = end
    }
}
