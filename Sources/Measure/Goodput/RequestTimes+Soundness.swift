extension RequestTimes {
    /// Checks that the times can be: none before `scheduled`, none decreasing, none after `finish`,
    /// a token in every event.
    ///
    /// - Throws: ``ScoringError/request(id:defect:)`` with the first mistake.
    /// - Complexity: O(events).
    package func check(for reader: Reader) throws(ScoringError) {
        let (length, overflow) = finish.subtractingReportingOverflow(scheduled)
        var isSound = !overflow && length >= 0
        var last = scheduled
        var count = 0
        tokens.withUnsafeBufferPointer { events in
            for event in events {
                isSound = isSound && event.time >= last && event.count > 0
                last = event.time
                count &+= Int(event.count)
            }
        }
        guard isSound, last <= finish, count <= StreamingScore.mostTokens else {
            throw defect(for: reader)
        }
    }

    /// The mistake in a request over which a pass has stumbled.
    func defect(for reader: Reader) -> ScoringError {
        do throws(ScoringError) {
            _ = try RequestScore(self, for: reader)
        } catch {
            return error
        }
        preconditionFailure("a score and a pass agree on what times can be")
    }
}
