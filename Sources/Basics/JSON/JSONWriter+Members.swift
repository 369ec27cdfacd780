/// A member of the object that is open: its name, which must need no escape, and its value, null
/// for nil.
extension JSONWriter {
    package mutating func member(_ name: StaticString, _ value: Int64?) {
        self.name(name)
        integer(value)
    }

    package mutating func member(_ name: StaticString, _ value: Int) {
        member(name, Int64(value))
    }

    package mutating func member(_ name: StaticString, _ value: Double?) {
        self.name(name)
        real(value)
    }

    package mutating func member(_ name: StaticString, _ value: String?) {
        self.name(name)
        string(value)
    }

    package mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    package mutating func member(_ name: StaticString, _ value: JSONValue) {
        self.name(name)
        self.value(value)
    }
}
