import Goodput
import JSON

extension PercentileRank {
    /// A number, an integer where it is whole.
    var json: JSONValue {
        thousandths % 1_000 == 0
            ? .integer(Int64(thousandths / 1_000)) : .real(Double(thousandths) / 1_000)
    }
}

extension PercentileRanks {
    var json: JSONValue { .array(ranks.map(\.json)) }

    /// Reads what ``json`` writes; nil for anything else.
    init?(json: JSONValue) {
        guard let numbers = json.array?.map(\.double), (1...Self.most).contains(numbers.count)
        else { return nil }
        var ranks: [PercentileRank] = []
        for number in numbers {
            guard let number, (0...100).contains(number) else { return nil }
            ranks.append(PercentileRank(thousandths: Int((number * 1_000).rounded())))
        }
        self.init(ranks)
    }
}
