import Goodput

/// The columns of time that tokens are counted in where a page has too many for their instants.
struct TokenColumns {
    let interval: ServingInterval

    /// Columns of the whole run.
    static let count = 1_600

    /// Writes the column of the first token, how many columns there are up to the last one, and the
    /// tokens of each.
    func write(_ tokens: [TokenEvent], to stream: inout NumberStream) {
        guard let first = tokens.first, let last = tokens.last else {
            stream.add(0)
            stream.add(0)
            return
        }
        var column = column(of: first.time)
        stream.add(column)
        stream.add(self.column(of: last.time) - column + 1)
        var sum = 0
        for event in tokens {
            let next = self.column(of: event.time)
            while column < next {
                stream.add(sum)
                sum = 0
                column += 1
            }
            sum += Int(event.count)
        }
        stream.add(sum)
    }

    private func column(of time: Int64) -> Int {
        let share = Double(time - interval.begin) / Double(max(1, interval.length))
        return min(Self.count - 1, Int(share * Double(Self.count)))
    }
}
