package import Results

/// A condition on the figures of a point, such as `ttft.p99 < 500 ms and smooth > 0.95 *
/// throughput`.
///
/// Comparisons are joined by `and`; each side is a sum of products of figures and numbers. A number
/// may have a unit: ns, us, ms, s or min, which a latency needs; `%`; and `/s`, `tok/s` or `req/s`,
/// which a rate may be without.
package struct SweepBound: Hashable, Sendable {
    /// As it was written.
    package let text: String
    /// The figures that it names, in order, without repetition.
    package let figures: [SummaryFigure]
    private let comparisons: [Comparison]

    private struct Comparison: Hashable, Sendable {
        var left: Term
        var relation: Relation
        var right: Term
    }

    private enum Relation: String, Hashable, Sendable {
        case below = "<"
        case atMost = "<="
        case above = ">"
        case atLeast = ">="
    }

    /// The kind of quantity that a term is.
    fileprivate enum Dimension: Hashable, Sendable {
        /// A share, or a number without a unit.
        case plain
        case time
        case rate

        /// An example of such a number.
        var example: String {
            switch self {
            case .plain: "0.95 or 95 %"
            case .time: "500 ms"
            case .rate: "900 tok/s"
            }
        }
    }

    fileprivate indirect enum Term: Hashable, Sendable {
        /// nil where it has no unit: a rate may be written so.
        case number(Double, Dimension?)
        case figure(SummaryFigure)
        case sum(Term, Term)
        case difference(Term, Term)
        case product(Term, Term)
        case quotient(Term, Term)

        var figures: [SummaryFigure] {
            switch self {
            case .number: []
            case .figure(let figure): [figure]
            case .sum(let a, let b), .difference(let a, let b), .product(let a, let b),
                .quotient(let a, let b):
                a.figures + b.figures
            }
        }

        /// The kind of the whole; nil for parts that do not go together. A plain factor changes no
        /// kind, and a quotient of two of a kind is plain.
        var dimension: Dimension? {
            switch self {
            case .number(_, let dimension): return dimension ?? .plain
            case .figure(let figure): return figure.dimension
            case .sum(let a, let b), .difference(let a, let b):
                return a.agrees(with: b) ? (a.isBare ? b.dimension : a.dimension) : nil
            case .product(let a, let b):
                if a.dimension == .plain { return b.dimension }
                return b.dimension == .plain ? a.dimension : nil
            case .quotient(let a, let b):
                if b.dimension == .plain { return a.dimension }
                return a.dimension == b.dimension && a.dimension != nil ? .plain : nil
            }
        }

        /// Whether it is made of numbers without a unit alone.
        var isBare: Bool {
            switch self {
            case .number(_, let dimension): dimension == nil
            case .figure: false
            case .sum(let a, let b), .difference(let a, let b), .product(let a, let b),
                .quotient(let a, let b):
                a.isBare && b.isBare
            }
        }

        /// Whether two can be compared: of one kind, or a rate with a bare number.
        func agrees(with other: Term) -> Bool {
            guard let own = dimension, let theirs = other.dimension else { return false }
            return own == theirs || own == .rate && other.isBare || theirs == .rate && isBare
        }

        /// nil where a figure is not known, and for a division by 0.
        func value(_ figure: (SummaryFigure) -> Double?) -> Double? {
            func both(_ a: Term, _ b: Term, _ join: (Double, Double) -> Double) -> Double? {
                guard let a = a.value(figure), let b = b.value(figure) else { return nil }
                let value = join(a, b)
                return value.isFinite ? value : nil
            }
            switch self {
            case .number(let number, _): return number
            case .figure(let name): return figure(name)
            case .sum(let a, let b): return both(a, b, +)
            case .difference(let a, let b): return both(a, b, -)
            case .product(let a, let b): return both(a, b, *)
            case .quotient(let a, let b): return both(a, b, /)
            }
        }
    }

    /// - Throws: ``SweepError`` with the column of what cannot be read.
    package init(parsing text: String) throws(SweepError) {
        var reader = BoundReader(text)
        var comparisons: [Comparison] = []
        repeat {
            let left = try reader.term()
            guard let relation = reader.operation().flatMap(Relation.init) else {
                throw reader.error("a comparison stands here: <, <=, > or >=")
            }
            let right = try reader.term()
            try Self.check(left, right, reader)
            comparisons.append(Comparison(left: left, relation: relation, right: right))
        } while reader.skip(word: "and")
        try reader.end()
        self.text = text
        self.comparisons = comparisons
        var figures: [SummaryFigure] = []
        for figure in comparisons.flatMap({ $0.left.figures + $0.right.figures })
        where !figures.contains(figure) { figures.append(figure) }
        guard !figures.isEmpty else { throw reader.error("it names no figure") }
        self.figures = figures
    }

    /// Refuses sides that cannot be compared, and shares beyond 1.
    private static func check(
        _ left: Term, _ right: Term, _ reader: BoundReader
    ) throws(SweepError) {
        guard left.agrees(with: right) else {
            let kinds = [left, right].map(\.dimension)
            let wanted = kinds.compactMap(\.self).first { $0 != .plain } ?? .plain
            throw reader.error(
                "the two sides are not of one kind; write a number with its unit, such as "
                    + wanted.example)
        }
        for (figure, number) in [(left, right), (right, left)] {
            if case .figure(let name) = figure, name.isShare, case .number(let value, _) = number,
                value > 1
            {
                throw reader.error("a share lies from 0 to 1; write 0.95 or 95 %")
            }
        }
    }

    /// Whether it holds; nil where a figure that decides is not known.
    package func isMet(_ figure: (SummaryFigure) -> Double?) -> Bool? {
        var isKnown = true
        for comparison in comparisons {
            guard let left = comparison.left.value(figure),
                let right = comparison.right.value(figure)
            else {
                isKnown = false
                continue
            }
            let holds =
                switch comparison.relation {
                case .below: left < right
                case .atMost: left <= right
                case .above: left > right
                case .atLeast: left >= right
                }
            if !holds { return false }
        }
        return isKnown ? true : nil
    }
}

/// Reads a bound from left to right.
private struct BoundReader {
    private let text: String
    private let characters: [Character]
    private var position = 0
    /// Parentheses that may be open at once.
    private static let deepest = 32
    private var depth = 0

    init(_ text: String) {
        self.text = text
        characters = Array(text)
    }

    private static let units: [(text: String, factor: Double, dimension: SweepBound.Dimension)] = [
        ("tok/s", 1, .rate), ("req/s", 1, .rate), ("/s", 1, .rate), ("ns", 1, .time),
        ("us", 1e3, .time), ("ms", 1e6, .time), ("min", 6e10, .time), ("s", 1e9, .time),
        ("%", 1, .plain),
    ]

    func error(_ problem: String) -> SweepError {
        SweepError(text: text, column: position + 1, problem: problem)
    }

    private mutating func skipSpaces() {
        while position < characters.count, characters[position].isWhitespace { position += 1 }
    }

    /// Takes the longest of `<=`, `>=`, `<` and `>` that stands here.
    mutating func operation() -> String? {
        skipSpaces()
        for text in ["<=", ">=", "<", ">"] where take(text) { return text }
        return nil
    }

    private mutating func take(_ text: String) -> Bool {
        guard characters[position...].starts(with: text) else { return false }
        position += text.count
        return true
    }

    mutating func skip(word: String) -> Bool {
        skipSpaces()
        let before = position
        guard take(word), position == characters.count || !characters[position].isLetter else {
            position = before
            return false
        }
        return true
    }

    mutating func end() throws(SweepError) {
        skipSpaces()
        guard position == characters.count else {
            throw error("`and` or the end stands here, and `\(characters[position])` is neither")
        }
    }

    /// A sum of products.
    mutating func term() throws(SweepError) -> SweepBound.Term {
        var sum = try product()
        while true {
            skipSpaces()
            if take("+") {
                sum = .sum(sum, try product())
            } else if take("-") {
                sum = .difference(sum, try product())
            } else {
                return sum
            }
        }
    }

    private mutating func product() throws(SweepError) -> SweepBound.Term {
        var product = try factor()
        while true {
            skipSpaces()
            if take("*") {
                product = .product(product, try factor())
            } else if take("/") {
                product = .quotient(product, try factor())
            } else {
                return product
            }
        }
    }

    private mutating func factor() throws(SweepError) -> SweepBound.Term {
        skipSpaces()
        guard position < characters.count else {
            throw error("a figure or a number is missing at the end")
        }
        if take("(") {
            depth += 1
            guard depth <= Self.deepest else { throw error("too many parentheses") }
            let inner = try term()
            skipSpaces()
            guard take(")") else { throw error("a parenthesis is not closed") }
            depth -= 1
            return inner
        }
        let first = characters[position]
        if first.isNumber || first == "." { return try number() }
        guard first.isLetter else {
            throw error("a figure or a number stands here, and `\(first)` begins neither")
        }
        let begin = position
        while position < characters.count, Self.isName(characters[position]) { position += 1 }
        do throws(UnknownFigure) {
            return .figure(try SummaryFigure(parsing: String(characters[begin..<position])))
        } catch {
            let problem = "\(error)"
            position = begin
            throw self.error(problem)
        }
    }

    private static func isName(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "." || character == "_"
    }

    private mutating func number() throws(SweepError) -> SweepBound.Term {
        let begin = position
        while position < characters.count,
            characters[position].isNumber || characters[position] == "."
        { position += 1 }
        guard let value = Double(String(characters[begin..<position])) else {
            position = begin
            throw error("is no number; write for example 0.95 or 500 ms")
        }
        let afterNumber = position
        skipSpaces()
        for unit in Self.units where take(unit.text) {
            if position == characters.count || !Self.isName(characters[position]) {
                // A hundredth of its own would not be the decimal number.
                return .number(
                    unit.text == "%" ? value / 100 : value * unit.factor, unit.dimension)
            }
            position -= unit.text.count
        }
        position = afterNumber
        return .number(value, nil)
    }
}

extension SummaryFigure {
    fileprivate var dimension: SweepBound.Dimension {
        switch self {
        case .smooth, .robust, .throughput, .goodput, .classic, .answered: .rate
        case .kept, .attainment, .qoe, .failed: .plain
        case .latency: .time
        }
    }

    /// Whether it lies from 0 to 1.
    fileprivate var isShare: Bool { dimension == .plain }
}
