package import Bytes

/// A stretch of a segment that holds no good entry.
package struct SegmentDamage: Hashable, Sendable {
    /// The byte at which the first entry that is no good begins, or the header.
    package var begin: Int
    /// The byte at which reading goes on, with an entry; nil where none follows.
    package var resumed: Int?
    /// Why what begins there is no good.
    package var error: DecodeError

    package init(begin: Int, resumed: Int?, error: DecodeError) {
        self.begin = begin
        self.resumed = resumed
        self.error = error
    }
}
