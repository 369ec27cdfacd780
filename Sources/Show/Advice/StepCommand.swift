/// A command that a step proposes; words in capitals are for whoever types it to fill in.
package enum StepCommand: Hashable, Sendable {
    /// How far a plan is from what this node's client can drive.
    case headroom
    /// The load at which readers get most.
    case peak
    /// The same load for so many seconds.
    case longer(seconds: Int)
    /// Several runs, joined.
    case repeats
    /// This run beside one with another setting.
    case compare
    /// This run for the readers that nothing can game.
    case robust

    /// The line to type.
    ///
    /// - Parameters:
    ///   - folder: The run's, as a shell takes it.
    ///   - isVirtual: Whether the run was one in virtual time, whose like are.
    package func line(folder: String = "RUN", isVirtual: Bool = false) -> String {
        let virtual = isVirtual ? " --virtual" : ""
        return switch self {
        case .headroom: "legato check SCENARIO --headroom"
        case .peak: "legato sweep SCENARIO\(virtual) --peak smooth"
        case .longer(let seconds): "legato run SCENARIO\(virtual) --duration \(seconds)"
        case .repeats: "legato run SCENARIO\(virtual) --repeat 5"
        case .compare: "legato compare \(folder) OTHER"
        case .robust: "legato score \(folder) --preset robust"
        }
    }
}

extension String {
    /// The text as one word for a shell: as it is where no character of it means anything to one.
    package var shellWord: String {
        let plain = utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
                true
            default: "-_./:=@%+,".utf8.contains(byte)
            }
        }
        // A name that begins with a dash would be taken for an option.
        let word = hasPrefix("-") ? "./\(self)" : self
        return plain && !isEmpty ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
}
