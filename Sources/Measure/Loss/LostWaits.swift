package import Goodput

/// The waits of a request's reader that cost something, one after the other.
package enum LostWaits {
    /// Hands over each wait that `reader` pays for, in order: as ``LossAttribution`` prices them.
    ///
    /// - Precondition: The request was scored, so that its times can be.
    /// - Complexity: O(events) expected.
    package static func forEach(
        of request: RequestTimes, _ reader: Reader, _ body: (LostWait) -> Void
    ) {
        let read = request.read(by: reader)
        var scratch: [Int64] = []
        var pass = LossPass(read, reader, IdlePrice(reader))
        pass.run(
            over: read, on: Timeline.Grid(start: read.scheduled),
            threshold: StallThreshold.of(read.tokens, scratch: &scratch), settle: { _, _ in },
            lose: body)
        _ = pass.end(of: read, reader: reader, lastEntry: nil, lose: body)
    }
}
