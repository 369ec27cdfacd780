extension PageScript {
    /// Smooth goodput and throughput over the load.
    static let sweepCurves = #"""
        const systems = names.systems;
        const loads = [...new Set(systems.flatMap(s => s.points.map(p => p.load)))]
          .sort((a, b) => a - b);
        const all = systems.flatMap(system => system.points);
        // Loads of a wide search stand by their ratios.
        const isLogLoad = loads[0] > 0 && loads.at(-1) / loads[0] >= 16;
        // Drawn plots that share the load held: where each has it.
        let held = [];
        function loadScale(left, right) {
          if (isLogLoad) return logScale(loads[0], loads.at(-1), left + 6, right - 6);
          return scale(0, loads.at(-1) || 1, left, right - 6);
        }
        function loadTicks(width) {
          const most = Math.max(2, Math.floor(width / 60));
          if (isLogLoad) return logTicks(loads[0], loads.at(-1), most);
          return ticks(0, loads.at(-1), roundStep(loads.at(-1) || 1, most));
        }
        function drawCurves() {
          const parent = element("plot-curves");
          parent.replaceChildren();
          const width = parent.clientWidth, height = isNarrow() ? 260 : 320;
          const [left, margin] = gutters(), right = width - margin, bottom = height - 40;
          const svg = plotOf(parent, width, height, "Smooth goodput and throughput by load");
          const values = all.flatMap(p => [p.smooth, p.throughput]).filter(Boolean).map(v => v[0]);
          const frame = rateFrame(svg, values, [left, right], [14, bottom], "tok/s");
          const x = loadScale(left, right);
          loadAxis(svg, x, right - left, bottom + 18);
          draw(svg, "text", {x: right, y: bottom + 36, class: "grey end"}, names.words);
          const ends = [];
          systems.forEach((system, i) => {
            const line = (figure, kind) => curve(svg, system, figure, x, frame, kind);
            line("throughput", "dashed");
            knee(svg, system, i, x, frame, bottom);
            const last = line("smooth", "line");
            intervals(svg, system, i, "smooth", x, frame);
            marks(svg, system, "smooth", x, frame);
            const label = {colour: system.colour, kind: "name"};
            if (last) ends.push({...label, ...last, text: system.name || "smooth"});
            const top = system.points.filter(p => p.throughput).at(-1);
            if (top && !system.name) ends.push({...label, kind: "", at: x(top.load),
              y: frame(top.throughput[0]), text: "throughput"});
          });
          endLabels(svg, ends, right, [14, bottom]);
          holdable(svg, x, [left, right], [14, bottom]);
        }
        function knee(svg, system, i, x, frame, bottom) {
          if (system.knee === null) return;
          const point = system.points.find(p => p.load === system.knee);
          const at = x(system.knee) + shift(i, .7);
          const top = point?.smooth ? frame(point.smooth[0]) : bottom;
          draw(svg, "line", {x1: at, x2: at, y1: top, y2: bottom,
            class: `dotted s${system.colour}`});
          const isLeft = i % 2 === 0 && at > 150;
          const words = (system.name ? cut(system.name, 18) + ": " : "95 % kept up to ")
            + system.knee + names.unit;
          draw(svg, "text", {x: at + (isLeft ? -5 : 5), y: bottom - 6 - 15 * (i >> 1),
            class: `halo f${system.colour}` + (isLeft ? " end" : "")}, words);
        }

        """#
}
