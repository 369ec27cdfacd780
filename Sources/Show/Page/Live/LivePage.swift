/// The page of a run that goes on: the report's page, drawn anew as the run's states come.
///
/// It holds nothing of a run, so that it may be given to anybody; what it shows comes from
/// `events`, with the token that stands in its address where there is one.
package enum LivePage {
    /// The file.
    package static let html: [UInt8] = {
        let head: [Markup] = [
            .single("meta", ["charset": "utf-8"]),
            .single(
                "meta",
                [
                    "http-equiv": "Content-Security-Policy",
                    "content": "default-src 'none'; style-src 'unsafe-inline'; "
                        + "script-src 'unsafe-inline'; img-src data: blob:; connect-src 'self'; "
                        + "base-uri 'none'; form-action 'none'",
                ]),
            .single(
                "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
            .single("meta", ["name": "referrer", "content": "no-referrer"]),
            // A browser asks for an icon where none is named.
            .single("link", ["rel": "icon", "href": "data:,"]),
            .tag("title", [:], ["legato: live"]),
            .own("style", PageStyle.css + style),
        ]
        let page = Markup.tag(
            "html", ["lang": "en"],
            [
                .tag("head", [:], head),
                .tag("body", [:], [.tag("main", [:], body), .own("script", LiveScript.source)]),
            ])
        return Array("<!DOCTYPE html>\n\(page.source)\n".utf8)
    }()

    private static let style = """
        .now{stroke:var(--accent);stroke-width:1.2}
        [hidden]{display:none!important}
        #link{border-left:3px solid var(--red);background:var(--tint);padding:10px 14px;
        margin:14px 0;max-width:none}
        #more:empty,#more-servers:empty{display:none}
        #facts .csv{margin-left:auto}

        """

    private static var body: [Markup] {
        [
            .tag(
                "header", ["id": "top"],
                [
                    empty("p", "facts", kind: "facts"),
                    .tag("p", ["id": "link", "role": "status", "hidden": ""]),
                    .tag(
                        "div", ["class": "head"],
                        [
                            .tag("div", [:], figures),
                            .tag("div", [:], [table("latencies", latencyHeading)]),
                        ]),
                ]),
            section(
                "timeline",
                "Throughput outlined, smooth goodput filled, in red what waiting has cost: a wait "
                    + "counts in the second in which it ends.",
                [empty("p", "point-timeline", kind: "point")], hasValues: true),
            section(
                "servers",
                "The batch filled, the queue in red, the share of the cache as a line: the most of "
                    + "each step, in the servers’ own words.",
                [], after: [empty("p", "more-servers", kind: "read")]),
            section(
                "agents",
                "Rates over ten seconds; percentiles since the start; a clock as the last minute "
                    + "shows it; how busy the client’s loop was in the last second.",
                [table("rows", agentHeading), empty("p", "more", kind: "read")], isDrawn: false),
        ]
    }

    private static var figures: [Markup] {
        [
            .tag("h1", ["id": "headline"], ["Looking for the run."]),
            .tag(
                "p", ["class": "verdict"],
                [.tag("b", ["id": "word"]), .tag("span", ["id": "rest"])]),
            .tag(
                "div", ["id": "rates", "hidden": ""],
                [
                    .tag(
                        "div", ["class": "ends"],
                        [empty("span", "smooth"), empty("span", "lost", kind: "red")]),
                    .tag(
                        "div", ["class": "bar"],
                        [
                            .tag("i", ["class": "kept", "id": "kept"]),
                            .tag("i", ["class": "cause stall", "id": "gone"]),
                        ]),
                    .tag(
                        "div", ["class": "ends grey"],
                        [.tag("span", [:], ["0"]), empty("span", "throughput")]),
                ]),
            .tag("dl", ["id": "brackets"]),
        ]
    }

    private static let latencyHeading = ["", "p50", "p90", "p99", "most", "bound"]
    private static let agentHeading = [
        "agent", "open", "tok/s", "TTFT p99", "idle p99", "late p99", "clock ±", "busy", "health",
    ]

    private static func empty(
        _ name: StaticString, _ id: String, kind: String = ""
    ) -> Markup {
        kind.isEmpty ? .tag(name, ["id": id]) : .tag(name, ["id": id, "class": kind])
    }

    private static func table(_ id: String, _ heading: [String]) -> Markup {
        .tag(
            "div", ["class": "wide"],
            [
                .tag(
                    "table", ["class": "figures", "id": id, "hidden": ""],
                    [
                        .tag(
                            "thead", [:],
                            [
                                .tag(
                                    "tr", [:],
                                    heading.map { .tag("th", ["scope": "col"], [Markup($0)]) })
                            ]),
                        .tag("tbody", [:]),
                    ])
            ])
    }

    private static func section(
        _ id: String, _ reading: String, _ before: [Markup], after: [Markup] = [],
        isDrawn: Bool = true, hasValues: Bool = false
    ) -> Markup {
        let plot = isDrawn ? [Markup.tag("div", ["id": "plot-\(id)", "class": "drawn"])] : []
        return .tag(
            "section", ["id": id, "hidden": ""],
            [
                .tag(
                    "header", [:],
                    [.tag("h2", ["id": "finding-\(id)"])]
                        + (hasValues
                            ? [
                                .tag(
                                    "button",
                                    ["id": "csv-\(id)", "type": "button", "class": "csv"], ["CSV"])
                            ]
                            : [])),
                .tag("p", ["class": "read"], [Markup(reading)]),
            ] + before + plot + after)
    }
}
