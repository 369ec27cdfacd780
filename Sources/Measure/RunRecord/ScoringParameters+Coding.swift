import Bytes
import Goodput

extension ScoringParameters {
    func encode(into writer: inout ByteWriter) {
        writer.fixed(readingSpeed.bitPattern)
        writer.code(Basis(anchor, reads))
        writer.signed(ttftBudget)
        writer.fixed(alpha.bitPattern)
        writer.code(penalty.code)
        writer.fixed(penalty.figure.bitPattern)
        writer.code(incomplete.code)
        writer.optional(objectives.ttft)
        writer.optional(objectives.tpot)
        writer.optional(objectives.tbt)
        writer.optional(objectives.e2e)
    }

    init(from reader: inout ByteReader) throws(DecodeError) {
        self.init()
        readingSpeed = Double(bitPattern: try reader.fixed("reading speed"))
        let basis: Basis = try reader.code("anchor")
        (anchor, reads) = basis.parts
        ttftBudget = try reader.signed("TTFT budget")
        alpha = Double(bitPattern: try reader.fixed("alpha"))
        let kind: Penalty.Code = try reader.code("penalty")
        penalty = Penalty(kind, Double(bitPattern: try reader.fixed("penalty figure")))
        incomplete = IncompletePolicy(code: try reader.code("incomplete"))
        objectives.ttft = try reader.optional("TTFT objective")
        objectives.tpot = try reader.optional("TPOT objective")
        objectives.tbt = try reader.optional("TBT objective")
        objectives.e2e = try reader.optional("E2E objective")
    }
}

/// Where deadlines start, and what is read: in one byte, which journals without the latter have.
private enum Basis: UInt8, CaseIterable {
    case arrival = 0, firstToken = 1, answerByArrival = 2, answerByFirstToken = 3

    init(_ anchor: Anchor, _ reads: ReadPart) {
        switch (anchor, reads) {
        case (.arrival, .all): self = .arrival
        case (.firstToken, .all): self = .firstToken
        case (.arrival, .answer): self = .answerByArrival
        case (.firstToken, .answer): self = .answerByFirstToken
        }
    }

    var parts: (Anchor, ReadPart) {
        switch self {
        case .arrival: (.arrival, .all)
        case .firstToken: (.firstToken, .all)
        case .answerByArrival: (.arrival, .answer)
        case .answerByFirstToken: (.firstToken, .answer)
        }
    }
}

extension IncompletePolicy {
    fileprivate enum Code: UInt8, CaseIterable { case delivered = 0, waiting = 1, void = 2 }

    fileprivate var code: Code {
        switch self {
        case .delivered: .delivered
        case .waiting: .waiting
        case .void: .void
        }
    }

    fileprivate init(code: Code) {
        switch code {
        case .delivered: self = .delivered
        case .waiting: self = .waiting
        case .void: self = .void
        }
    }
}

extension Penalty {
    fileprivate enum Code: UInt8, CaseIterable {
        case linear = 0, power = 1, exponential = 2, hinge = 3, fraction = 4, step = 5
    }

    fileprivate var code: Code {
        switch self {
        case .linear: .linear
        case .power: .power
        case .exponential: .exponential
        case .hinge: .hinge
        case .fraction: .fraction
        case .step: .step
        }
    }

    /// Its one figure; 0 for a kind without any.
    fileprivate var figure: Double {
        switch self {
        case .linear, .step: 0
        case .power(let exponent): exponent
        case .exponential(let tau), .fraction(let tau): tau
        case .hinge(let grace): grace
        }
    }

    fileprivate init(_ code: Code, _ figure: Double) {
        switch code {
        case .linear: self = .linear
        case .power: self = .power(exponent: figure)
        case .exponential: self = .exponential(tau: figure)
        case .hinge: self = .hinge(grace: figure)
        case .fraction: self = .fraction(tau: figure)
        case .step: self = .step
        }
    }
}
