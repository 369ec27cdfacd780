/// Where each request of a plan stands, in four bytes: a state, and the owner or the slot that goes
/// with it.
struct PlanStates {
    enum State {
        /// No record has come.
        case waiting(owner: Int)
        /// Its records are in this slot, with its owner.
        case open(slot: Int)
        case finished(owner: Int)
    }

    /// Bits 30-31 the state, the others the number; all ones for the owner -1.
    private var codes: PagedArray<UInt32>
    private static let numberMask: UInt32 = (1 << 30) - 1

    /// Requests that wait, of these agents; -1 for none.
    init(owners: some Collection<Int32>) {
        let nobody = Self.code(0, Int(PlanTable.nobody))
        codes = PagedArray(repeating: nobody, count: owners.count)
        for (index, owner) in owners.enumerated() where owner != PlanTable.nobody {
            codes[index] = Self.code(0, Int(owner))
        }
    }

    var count: Int { codes.count }

    subscript(index: Int) -> State {
        get {
            let number = codes[index] & Self.numberMask
            let owner = number == Self.numberMask ? -1 : Int(number)
            return switch codes[index] >> 30 {
            case 0: .waiting(owner: owner)
            case 1: .open(slot: Int(number))
            default: .finished(owner: owner)
            }
        }
        set {
            codes[index] =
                switch newValue {
                case .waiting(let owner): Self.code(0, owner)
                case .open(let slot): Self.code(1, slot)
                case .finished(let owner): Self.code(2, owner)
                }
        }
    }

    private static func code(_ state: UInt32, _ number: Int) -> UInt32 {
        precondition((-1..<Int(numberMask)).contains(number), "it has 30 bits")
        return state << 30 | UInt32(truncatingIfNeeded: number) & numberMask
    }
}
