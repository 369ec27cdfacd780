import Plot

/// The style of pages that set several systems side by side: a colour each, and their plots.
enum SystemStyle {
    static let css = colours + plots

    private static func set(_ pick: ((light: String, dark: String)) -> String) -> String {
        SystemMark.colours.enumerated().map { "--s\($0):\(pick($1));" }.joined()
    }

    private static let colours = """
        :root{\(set(\.light))}
        @media(prefers-color-scheme:dark){:root{\(set(\.dark))}}
        :root[data-theme=light]{\(set(\.light))}
        :root[data-theme=dark]{\(set(\.dark))}
        @media print{:root,:root[data-theme=dark]{\(set(\.light))}}

        """

    private static let plots =
        SystemMark.colours.indices.map { index in
            """
            svg .s\(index){stroke:var(--s\(index));fill:none}svg .f\(index){fill:var(--s\(index))}
            svg .h\(index){stroke:var(--s\(index));fill:var(--paper);stroke-width:1.6}
            .c\(index){color:var(--s\(index))}

            """
        }.joined() + """
            svg .line{stroke-width:2}svg .dashed{stroke-width:1.4;stroke-dasharray:5 4}
            svg .dotted{stroke-width:1;stroke-dasharray:1.5 3}
            svg .interval{stroke-width:4;stroke-opacity:.34}
            svg .tail{stroke:var(--red);stroke-width:2.4;stroke-opacity:.75}
            svg .thin{stroke-width:1;stroke-opacity:.6}
            svg .front{stroke:var(--grey);stroke-width:1;fill:none}
            svg .name{font-weight:650}
            svg .b0,svg .b1,svg .b2,svg .b3{stroke-width:.8}
            svg .floor{fill:var(--rule);fill-opacity:.5}
            svg a:focus-visible{outline:2px solid var(--accent)}
            .mark{width:11px;height:11px;display:inline-block;vertical-align:-1px;margin-right:6px}
            .names{font-weight:650}
            tr.at>*{background:var(--code)}
            tbody tr[data-load]{cursor:default}
            #points .figures thead th{white-space:normal;vertical-align:bottom}
            #points .figures th:first-child{max-width:190px;min-width:96px}
            .figures.words td{text-align:left;white-space:normal;overflow-wrap:anywhere;
            vertical-align:top}
            .figures.words thead th{text-align:left;white-space:normal}
            .figures.words tbody th{color:var(--grey);white-space:normal;vertical-align:top}
            .pairs{display:grid;grid-template-columns:minmax(0,440px) minmax(0,1fr);gap:8px 32px}
            .pairs thead th{white-space:normal;vertical-align:bottom}
            @media(max-width:860px){.pairs{grid-template-columns:1fr}}
            #top h1{max-width:34ch}
            @media print{.drawn svg,figure svg,#plot-differences svg{max-width:100%;height:auto}
            .wide{overflow:visible}.figures{font-size:11px}
            .figures th,.figures td{padding-left:6px}
            .three{grid-template-columns:repeat(3,minmax(0,1fr))}}

            """
}
