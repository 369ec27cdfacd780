extension PageScript {
    /// The script of a sweep's page.
    static let sweep =
        "(()=>{\"use strict\";\n"
        + [data, plot, charts, sweepCurves, sweepBreaks, sweepFrontier, sweepHands].joined()
        + "})();\n"

    /// The page's names and numbers, which are small enough to be plain JSON.
    static let data = #"""
        const names = JSON.parse(document.getElementById("names").textContent);

        """#

    /// The small plots that say where a load breaks.
    static let sweepBreaks = #"""
        function drawBreaks() {
          const parent = element("plot-breaks");
          if (!parent) return;
          parent.replaceChildren();
          for (const panel of names.panels) {
            const figure = make(parent, "figure");
            make(make(figure, "figcaption"), "b", panel.title);
            const width = figure.clientWidth, height = 178, left = 50, right = width - 8;
            const bottom = height - 26;
            const svg = plotOf(figure, width, height, panel.title + " by load");
            const values = all.map(p => p[panel.figure]).filter(Boolean).map(v => v[0]);
            const frame = panel.kind === "time"
              ? timeFrame(svg, values, panel.bound, [left, right], [10, bottom])
              : panel.kind === "share"
                ? shareFrame(svg, values, [left, right], [10, bottom])
                : rateFrame(svg, values, [left, right], [10, bottom], "");
            const x = loadScale(left, right);
            loadAxis(svg, x, right - left, bottom + 18);
            if (panel.bound !== null && frame.holds(panel.bound)) {
              const y = frame(panel.bound);
              draw(svg, "line", {x1: left, x2: right, y1: y, y2: y, class: "bound"});
              draw(svg, "text", {x: left + 4, y: y - 4, class: "red halo"}, panel.boundWords);
            }
            systems.forEach((system, i) => {
              intervals(svg, system, i, panel.figure, x, frame);
              curve(svg, system, panel.figure, x, frame, "line");
              marks(svg, system, panel.figure, x, frame);
            });
            holdable(svg, x, [left, right], [10, bottom]);
          }
        }

        """#
}
