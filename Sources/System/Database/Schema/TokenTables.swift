import Goodput

/// The events of a request, encoded.
struct EncodedTokens: Sendable {
    let id: UInt32
    let events: Int
    let deltas: [UInt8]
}

/// One event of a request.
struct TokenRow: Sendable {
    let id: UInt32
    let index: Int
    let event: TokenEvent
}

extension DatabaseSchema {
    /// The table of token times as they are kept by default.
    static let tokens = Table<EncodedTokens>(
        name: "tokens",
        note: "A row a request with its token times as one BLOB; the view token_events decodes it.",
        key: ["id"],
        columns: [
            .one("id", .integer, "the request (requests.id)") { .integer($0.id) },
            .one("events", .integer, "stream events, each with one token or more") {
                .integer($0.events)
            },
            .one(
                "deltas", .blob,
                "of each event two LEB128 varints: ns since the event before it (the first: since "
                    + "scheduled_ns), and its tokens"
            ) { .blob($0.deltas) },
        ])

    /// The table of token times with `--token-rows`.
    static let tokenEvents = Table<TokenRow>(
        name: "token_events",
        note: "A row a stream event: a table with `--token-rows`, else a view over tokens.",
        key: ["id", "event"], isKeyed: true,
        columns: [
            .one("id", .integer, "the request (requests.id)") { .integer($0.id) },
            .one("event", .integer, "its number in the stream, from 0") { .integer($0.index) },
            .one("time_ns", .integer, "when it came, ns since the run's epoch") {
                .integer($0.event.time)
            },
            .one("tokens", .integer, "how many tokens it brought") { .integer($0.event.count) },
        ])

    /// The view that decodes the BLOBs: a walk from byte to byte for each request, so that a
    /// condition on `id` decodes no other. A byte is looked up in the list of all.
    static let decodedTokens = View(
        name: tokenEvents.name, note: tokenEvents.note,
        columns: tokenEvents.columns.map(\.name),
        query: """
            SELECT t.id AS id, CAST(j.key AS INTEGER) AS event,
                CAST(json_extract(j.value, '$[0]') AS INTEGER) AS time_ns,
                CAST(json_extract(j.value, '$[1]') AS INTEGER) AS tokens
            FROM tokens AS t JOIN requests AS r ON r.id = t.id, json_each((
                WITH RECURSIVE walk(place, byte, is_count, shift, number, time_ns, tokens) AS (
                    SELECT 1, \(byte(at: "1")), 0, 0, 0, r.scheduled_ns, NULL
                    UNION ALL
                    SELECT place + 1, \(byte(at: "place + 1")),
                        iif(byte < 128, 1 - is_count, is_count),
                        iif(byte < 128, 0, shift + 7),
                        iif(byte < 128, 0, number | ((byte & 127) << shift)),
                        time_ns + iif(
                            byte < 128 AND NOT is_count, number | ((byte & 127) << shift), 0),
                        iif(byte < 128 AND is_count, number | ((byte & 127) << shift), NULL)
                    FROM walk WHERE place <= length(t.deltas)
                )
                SELECT json_group_array(json_array(time_ns, tokens)) FROM walk
                WHERE tokens IS NOT NULL)) AS j
            """)

    private static func byte(at place: String) -> String {
        let digits = Array("0123456789abcdef")
        let all = (0..<256).map { "\(digits[$0 / 16])\(digits[$0 % 16])" }.joined()
        return "instr(x'\(all)', substr(t.deltas, \(place), 1)) - 1"
    }
}
