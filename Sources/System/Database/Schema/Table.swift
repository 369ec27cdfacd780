/// A column of a table: its name with its unit, what it holds, and where that is taken from, so
/// that no column is without its value and no value without its words.
struct Column<Row>: Sendable {
    let name: String
    let type: FieldType
    let isOptional: Bool
    let note: String
    let field: @Sendable (Row) -> Field

    /// A column that is NOT NULL.
    static func one(
        _ name: String, _ type: FieldType, _ note: String,
        _ field: @escaping @Sendable (Row) -> Field
    ) -> Column {
        Column(name: name, type: type, isOptional: false, note: note, field: field)
    }

    /// A column that may be NULL; its note says when.
    static func maybe(
        _ name: String, _ type: FieldType, _ note: String,
        _ field: @escaping @Sendable (Row) -> Field
    ) -> Column {
        Column(name: name, type: type, isOptional: true, note: note, field: field)
    }
}

/// A table of rows that are made of a `Row` each.
struct Table<Row>: Sendable {
    let name: String
    let note: String
    /// Columns of the primary key; one INTEGER column of it is SQLite's own row number.
    var key: [String] = []
    /// Whether rows are kept in the key itself.
    var isKeyed = false
    /// Columns of each index beside the key.
    var indices: [[String]] = []
    let columns: [Column<Row>]

    /// The values of a row, in the order of the columns.
    func fields(of row: Row) -> [Field] { columns.map { $0.field(row) } }

    var shape: TableShape {
        TableShape(
            name: name, note: note, key: key, isKeyed: isKeyed, indices: indices,
            columns: columns.map {
                ColumnShape(
                    name: $0.name, type: $0.type, isOptional: $0.isOptional, note: $0.note)
            })
    }
}

/// A column without the source of its values.
struct ColumnShape: Hashable, Sendable {
    let name: String
    let type: FieldType
    let isOptional: Bool
    let note: String
}

/// A table without the source of its rows: what SQL and documentation are made of.
struct TableShape: Hashable, Sendable {
    let name: String
    let note: String
    let key: [String]
    let isKeyed: Bool
    let indices: [[String]]
    let columns: [ColumnShape]

    /// The statement that makes the table.
    var creation: String {
        var parts = columns.map { column in
            "    \(column.name) \(column.type.rawValue)\(column.isOptional ? "" : " NOT NULL")"
        }
        if !key.isEmpty { parts.append("    PRIMARY KEY (\(key.joined(separator: ", ")))") }
        return "CREATE TABLE \(name) (\n\(parts.joined(separator: ",\n"))\n) STRICT"
            + (isKeyed ? ", WITHOUT ROWID" : "")
    }

    /// The statements that make its indices.
    var indexCreations: [String] {
        indices.map { columns in
            "CREATE INDEX \(name)_by_\(columns.joined(separator: "_")) ON \(name) "
                + "(\(columns.joined(separator: ", ")))"
        }
    }

    /// The statement that enters a row, all values of which are bound.
    var insertion: String {
        "INSERT INTO \(name) VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))"
    }
}

/// A view: a question that the database answers by itself.
struct View: Hashable, Sendable {
    let name: String
    let note: String
    /// In the order in which they come.
    let columns: [String]
    /// The question: a SELECT that names its columns, since some readers look there for them.
    let query: String

    /// The statement that makes the view.
    var creation: String {
        "CREATE VIEW \(name) AS\n\(query)"
    }
}
