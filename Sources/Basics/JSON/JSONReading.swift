/// A mistake in a member of an object; the caller adds file and location.
package struct JSONFieldError: Error, Hashable, Sendable {
    package var problem: String

    package init(problem: String) { self.problem = problem }
}

extension JSONValue {
    /// The member `name`, null counting as absent.
    package func optional(_ name: String) -> JSONValue? {
        guard let value = self[name], !value.isNull else { return nil }
        return value
    }

    /// The member `name`, made into what `read` makes of it.
    package func field<Value>(
        _ name: String, _ what: String, _ read: (JSONValue) -> Value?
    ) throws(JSONFieldError) -> Value {
        guard let value = optional(name) else {
            throw JSONFieldError(problem: "lacks `\(name)`, \(what)")
        }
        return try value.read(as: what, named: name, read)
    }

    /// The member `name`, nil where it is absent or null.
    package func optionalField<Value>(
        _ name: String, _ what: String, _ read: (JSONValue) -> Value?
    ) throws(JSONFieldError) -> Value? {
        guard let value = optional(name) else { return nil }
        return try value.read(as: what, named: name, read)
    }

    /// A whole number within `type`.
    package func integer<Number: FixedWidthInteger>(
        _ name: String, as type: Number.Type = Number.self
    ) throws(JSONFieldError) -> Number {
        try field(name, Self.range(of: type)) { $0.int64.flatMap { Number(exactly: $0) } }
    }

    package func optionalInteger<Number: FixedWidthInteger>(
        _ name: String, as type: Number.Type = Number.self
    ) throws(JSONFieldError) -> Number? {
        try optionalField(name, Self.range(of: type)) { $0.int64.flatMap { Number(exactly: $0) } }
    }

    /// A whole number as it is written: a large one is a string.
    package func whole(_ name: String) throws(JSONFieldError) -> UInt64 {
        try field(name, Self.range(of: UInt64.self)) { value in
            value.int64.flatMap(UInt64.init(exactly:)) ?? value.string.flatMap { UInt64($0) }
        }
    }

    /// The member `name`, an array, each element read by `read`.
    package func list<Element>(
        _ name: String, _ read: (JSONValue) throws(JSONFieldError) -> Element
    ) throws(JSONFieldError) -> [Element] {
        var elements: [Element] = []
        for (index, value) in try field(name, "an array", { $0.array }).enumerated() {
            do throws(JSONFieldError) {
                elements.append(try read(value))
            } catch {
                throw JSONFieldError(problem: "in `\(name)`, entry \(index), \(error.problem)")
            }
        }
        return elements
    }

    /// The same; no element where the member is absent or null.
    package func optionalList<Element>(
        _ name: String, _ read: (JSONValue) throws(JSONFieldError) -> Element
    ) throws(JSONFieldError) -> [Element] {
        optional(name) == nil ? [] : try list(name, read)
    }

    /// The member `name`, an array of strings.
    package func strings(_ name: String) throws(JSONFieldError) -> [String] {
        try list(name) { value throws(JSONFieldError) in
            guard let text = value.string else {
                throw JSONFieldError(problem: "is \(value.kind) where a string should stand")
            }
            return text
        }
    }

    package func text(_ name: String) throws(JSONFieldError) -> String {
        try field(name, "a string") { $0.string }
    }

    /// Refuses an object whose member `format` is not `known`.
    package func requireFormat(_ known: Int64) throws(JSONFieldError) {
        let format: Int64 = try integer("format")
        guard format == known else {
            throw JSONFieldError(
                problem: "has format \(format), and only format \(known) can be read; use the "
                    + "version that wrote it")
        }
    }

    private static func range(of type: (some FixedWidthInteger).Type) -> String {
        "a whole number from \(type.min) to \(type.max)"
    }

    private func read<Value>(
        as what: String, named name: String, _ read: (JSONValue) -> Value?
    ) throws(JSONFieldError) -> Value {
        guard let result = read(self) else {
            throw JSONFieldError(problem: "has a `\(name)` that is not \(what)")
        }
        return result
    }
}
