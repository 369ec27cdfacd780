/// A value of a row, as SQLite holds it.
enum Field: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    static func integer(_ value: some BinaryInteger) -> Field { .integer(Int64(clamping: value)) }

    static func flag(_ value: Bool) -> Field { .integer(value ? 1 : 0) }

    static func optional(_ value: (some BinaryInteger)?) -> Field {
        value.map { .integer($0) } ?? .null
    }

    static func optional(_ value: Double?) -> Field { value.map { .real($0) } ?? .null }

    static func optional(_ value: String?) -> Field { value.map { .text($0) } ?? .null }

    static func optional(_ value: Bool?) -> Field { value.map { .flag($0) } ?? .null }
}

/// The type of a column in a STRICT table.
enum FieldType: String, Hashable, Sendable {
    case integer = "INTEGER"
    case real = "REAL"
    case text = "TEXT"
    case blob = "BLOB"
}
