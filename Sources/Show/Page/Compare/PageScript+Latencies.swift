extension PageScript {
    /// Latencies of all systems over one another.
    static let compareLatencies = #"""
        const depth = share => -Math.log10(Math.max(1e-12, 1 - share));
        function drawLatencies() {
          const parent = element("plot-latencies");
          if (!parent) return;
          parent.replaceChildren();
          for (const panel of names.latencies) {
            const curves = panel.curves.map(({count, steps}) => {
              const points = [];
              for (let i = 0; i < steps.length; i += 2) points.push([steps[i], steps[i + 1]]);
              return {count, points};
            });
            if (curves.every(c => !c.points.length)) continue;
            const figure = make(parent, "figure");
            make(make(figure, "figcaption"), "b", panel.name);
            drawLatency(figure, panel.name, curves);
          }
        }
        function drawLatency(figure, name, curves) {
          const width = figure.clientWidth, height = 190, left = 50, right = width - 8;
          const bottom = height - 26, top = 8;
          const svg = plotOf(figure, width, height, name);
          const over = curves.flatMap(c => c.points.map(p => p[0])).filter(v => v > 0);
          if (!over.length) {
            draw(svg, "text", {x: left, y: 90, class: "grey"}, "always 0");
            return;
          }
          const deepest = Math.max(.5, ...curves.map(c => depth(1 - 1 / (c.count + 1))));
          const [low, high] = [Math.min(...over) * .9, Math.max(...over) * 1.1];
          const x = logScale(low, high, left, right), y = scale(0, deepest, bottom, top);
          for (const [share, words] of [[0, "0"], [.5, "50\u00a0%"], [.9, "90\u00a0%"],
            [.99, "99\u00a0%"], [.999, "99.9\u00a0%"], [.9999, "99.99\u00a0%"]]) {
            if (depth(share) > deepest) continue;
            const at = y(depth(share));
            draw(svg, "line", {x1: left, x2: right, y1: at, y2: at,
              class: share ? "rule" : "zero"});
            draw(svg, "text", {x: left - 6, y: at + 4, class: "grey end"}, words);
          }
          for (const at of logTicks(low, high, Math.max(2, Math.floor((right - left) / 62))))
            draw(svg, "text", {x: x(at), y: bottom + 18, class: "grey middle"}, clean(at));
          curves.forEach((curve, k) => {
            let before = y(0);
            const points = curve.points.flatMap(([value, share]) => {
              const at = Math.max(left, x(Math.max(value, low))), step = [at, before];
              before = Math.max(top, y(depth(share)));
              return [step, [at, before]];
            });
            draw(svg, "path", {class: `line s${systems[k].colour}`, d: path(points)});
          });
          labelFarthest(svg, curves, x, y, deepest, [left, right]);
        }
        // Names stand where the curves are farthest apart.
        function labelFarthest(svg, curves, x, y, deepest, [left, right]) {
          const valueAt = (curve, level) => {
            const found = curve.points.find(p => depth(p[1]) >= level);
            return found && found[0] > 0 ? x(found[0]) : null;
          };
          let best = null;
          for (let level = .15; level < deepest * .92; level += deepest / 24) {
            const places = curves.map(curve => valueAt(curve, level));
            if (places.some(p => p === null)) continue;
            const gap = Math.max(...places) - Math.min(...places);
            if (!best || gap > best.gap) best = {gap, level, places};
          }
          if (!best) return;
          const order = best.places.map((at, k) => ({at, k})).sort((a, b) => a.at - b.at);
          order.forEach(({at, k}, rank) => {
            const isEnd = at > right - 76 || (rank < order.length / 2 && at - left > 70);
            draw(svg, "text", {x: at + (isEnd ? -6 : 6),
              y: y(best.level) + 4 + (rank - (order.length - 1) / 2) * 15,
              class: `halo name f${systems[k].colour}` + (isEnd ? " end" : "")},
              cut(systems[k].name, 16));
          });
        }

        """#
}
