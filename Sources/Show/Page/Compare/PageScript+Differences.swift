extension PageScript {
    /// Differences to the base, turned so that right is better.
    static let compareDifferences = #"""
        const systems = names.systems;
        // Linear within 1 % and logarithmic beyond, so that one wide interval squeezes no other.
        const bent = value => {
          const size = Math.abs(value) / .01;
          return Math.sign(value) * (size <= 1 ? size : 1 + Math.log10(size) * 1.6);
        };
        function drawDifferences() {
          const parent = element("plot-differences");
          parent.replaceChildren();
          for (const part of names.differences) {
            if (!part.rows.length) continue;
            const system = systems[part.system];
            const box = make(parent, "div", undefined, "drawn");
            drawDifference(box, system, part.rows, box.clientWidth);
          }
        }
        function drawDifference(parent, system, rows, width) {
          const narrow = isNarrow(), step = narrow ? 42 : 25, top = 44;
          const height = top + rows.length * step + 26;
          const left = narrow ? 8 : 150, right = narrow ? width - 8 : Math.round(width * .5);
          const svg = plotOf(parent, width, height, `Differences of ${system.name} to the base`);
          const most = Math.max(.03, ...rows.map(row => Math.abs(row.ends[0]) * 1.15));
          const x0 = scale(-bent(most), bent(most), left, right);
          const x = value => Math.min(right, Math.max(left, x0(bent(value))));
          const bottom = height - 24;
          if (names.floor > 0) draw(svg, "rect", {x: x(-names.floor), y: top - 8,
            width: x(names.floor) - x(-names.floor), height: bottom - top + 8, class: "floor"});
          draw(svg, "line", {x1: x(0), x2: x(0), y1: top - 8, y2: bottom, class: "zero"});
          const name = cut(system.name, 18);
          draw(svg, "text", {x: x(0) - 10, y: 14, class: "grey end"}, `← ${name} is worse`);
          draw(svg, "text", {x: x(0) + 10, y: 14, class: "grey"}, `${name} is better →`);
          let taken = -Infinity;
          for (const at of [-1, -.5, -.2, -.1, -.05, -.02, 0, .02, .05, .1, .2, .5, 1, 2, 5]) {
            if (Math.abs(at) > most || x(at) - taken < 44) continue;
            taken = x(at);
            draw(svg, "text", {x: x(at), y: bottom + 18, class: "grey middle"},
              at === 0 ? "0" : tick(Math.abs(at) * 100) + "\u00a0%");
          }
          rows.forEach((row, i) => {
            const y = top + 8 + i * step + (narrow ? 16 : 0);
            const [value, low, high] = row.ends;
            const kind = row.shown ? `s${system.colour}` : "zero";
            draw(svg, "line", {x1: x(low), x2: x(high), y1: y, y2: y, class: kind,
              "stroke-width": 2.4, style: "stroke-width:2.4"});
            draw(svg, "circle", {cx: x(value), cy: y, r: 4.2,
              class: (row.shown ? "f" : "h") + system.colour});
            const strong = i === 0 ? " name" : "";
            if (narrow) {
              draw(svg, "text", {x: 8, y: y - 12, class: "halo" + strong}, row.name);
              draw(svg, "text", {x: right, y: y - 12,
                class: "halo end" + (row.shown ? "" : " grey")}, row.change);
              return;
            }
            draw(svg, "text", {x: left - 14, y: y + 4, class: "end" + strong}, row.name);
            if (width > 900) draw(svg, "text", {x: right + 20, y: y + 4}, row.values);
            draw(svg, "text", {x: width, y: y + 4, class: "end" + (row.shown ? "" : " grey")},
              (row.shown ? "" : "no difference shown: ") + row.change);
          });
        }

        """#
}
