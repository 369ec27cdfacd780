/// Sums over a run of events that matched one template.
struct RepeatedEvents {
    var events = 0
    /// Those of them that carried tokens, and how many.
    var tokenEvents = 0
    var tokens = 0
    /// Token ids of all of them.
    var ids: UInt64 = 0
    /// UTF-8 bytes of all their texts.
    var textBytes = 0
    /// The last event's `completion_tokens`.
    var usage: UInt32

    init(usage: UInt32) { self.usage = usage }

    /// Adds events of one token each.
    @inline(__always)
    mutating func addOnes(_ count: Int, textBytes bytes: Int) {
        events += count
        tokens += count
        tokenEvents += count
        textBytes += bytes
    }

    /// Adds an event, its tokens being its ids, else what its usage grew by, else one.
    ///
    /// - Returns: false, and adds nothing, where it claims more tokens than it is believed without
    ///   a look at the whole answer: events that are read one by one get that.
    @inline(__always)
    mutating func add(ids: UInt32?, completion: UInt32?, textBytes bytes: UInt32) -> Bool {
        if let completion, completion == 0 { return false }
        var count: UInt32 = 1
        if let ids {
            guard ids <= AnswerStream.tokensPerEvent else { return false }
            count = ids
        } else if let completion {
            count = completion > usage ? completion - usage : 0
            guard count <= 1 || count <= bytes else { return false }
        }
        if let completion { usage = completion }
        if let ids { self.ids += UInt64(ids) }
        events += 1
        textBytes += Int(bytes)
        if count > 0 {
            tokens += Int(count)
            tokenEvents += 1
        }
        return true
    }
}
