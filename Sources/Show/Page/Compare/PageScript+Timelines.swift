extension PageScript {
    /// Both timelines under each other, on one scale.
    static let compareTimelines = #"""
        function drawTimelines() {
          const parent = element("plot-timelines");
          parent.replaceChildren();
          const strip = 84, width = parent.clientWidth, [left, margin] = gutters();
          const right = width - margin, height = systems.length * (strip + 22) + 18;
          const svg = plotOf(parent, width, height, "Throughput and smooth goodput by time");
          const most = Math.max(1e-9, ...names.timelines.flatMap(t => t.all)) * 1.05;
          const length = Math.max(1, ...names.timelines.map(t => t.length));
          const x = scale(0, length, left, right);
          draw(svg, "text", {x: 0, y: 10, class: "grey"}, "tok/s");
          systems.forEach((system, k) => {
            const top = k * (strip + 22) + 14, bottom = top + strip;
            drawStrip(svg, system, names.timelines[k], x, scale(0, most, bottom, top));
            for (const at of ticks(0, most, roundStep(most, 2))) {
              const y = scale(0, most, bottom, top)(at);
              draw(svg, "line", {x1: left, x2: right, y1: y, y2: y,
                class: at === 0 ? "zero" : "rule"});
              draw(svg, "text", {x: left - 6, y: y + 4, class: "grey end"}, tick(at));
            }
            const narrow = isNarrow(), place = narrow ? right : right + 10;
            const end = narrow ? " end" : "";
            draw(svg, "text", {x: place, y: top + 10, class: `halo name f${system.colour}` + end},
              cut(system.name, 16));
            const {lost} = names.timelines[k];
            draw(svg, "text", {x: place, y: top + 25,
              class: (lost ? "red" : "grey") + " halo" + end},
              lost ?? "nothing lost");
          });
          const step = timeStep(length, (right - left) / 90);
          for (const at of ticks(0, length, step))
            draw(svg, "text", {x: x(at), y: height - 4, class: "grey middle"}, clock(at, step));
        }
        function drawStrip(svg, system, line, x, y) {
          const ends = i => [i, i + 1].map(at => x(Math.min(line.length, at * line.width)));
          const steps = values => values.flatMap((value, i) =>
            ends(i).map(at => [at, y(Math.max(0, value))]));
          const over = steps(line.all), under = steps(line.kept.map((v, i) =>
            Math.min(v, line.all[i])));
          const floor = under.map(([at]) => [at, y(0)]).reverse();
          draw(svg, "path", {class: `f${system.colour}`, "fill-opacity": .22,
            d: path(under.concat(floor)) + "Z"});
          const between = over.concat(under.slice().reverse());
          draw(svg, "path", {class: "lost-area", d: path(between) + "Z"});
          draw(svg, "path", {class: `s${system.colour}`, d: path(over), style: "stroke-width:1.1"});
        }

        """#
}
