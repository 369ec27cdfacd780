extension LiveScript {
    /// The timeline: axes as long as the plan, and a line where the run is.
    static let timeline = #"""
        // Steps of at least 9 px: on a narrow page several of them are one.
        function rows(state, width) {
          const {delivered, earned, width: step} = state.timeline;
          const least = 9 * state.length / width / step;
          const join = [1, 2, 5, 10, 20, 50, 100].find(k => k >= least * .99) ?? 200;
          const all = [];
          for (let i = 0; i < delivered.length; i += join) {
            const sum = list => list.slice(i, i + join).reduce((a, b) => a + b, 0);
            // The step that still grows counts up to the last whole second, once there is one.
            const from = i * step, whole = state.phase === "running" ? Math.floor(state.now)
              : Math.ceil(state.now);
            const to = Math.min((i + join) * step, whole), lasted = to - from;
            if (lasted < 1) continue;
            all.push({from, to: Math.min(to, state.length), all: sum(delivered) / lasted,
              kept: sum(earned) / lasted});
          }
          return all;
        }
        function nowLine(svg, x, [left, right], top, bottom, at, isNamed) {
          const place = Math.min(right, x(at));
          draw(svg, "line", {x1: place, x2: place, y1: top, y2: bottom, class: "now"});
          if (!isNamed) return;
          const isLast = place > right - 34;
          draw(svg, "text", {x: place + (isLast ? -5 : 5), y: top + 11,
            class: "accent halo" + (isLast ? " end" : "")}, "now");
        }
        function drawTimeline(state) {
          const parent = element("plot-timeline");
          parent.replaceChildren();
          say("finding-timeline", state.timeline.finding);
          const width = parent.clientWidth, height = 270, [gutter, margin] = gutters();
          const left = gutter, right = width - margin, bottom = height - 26;
          const svg = picture(parent, width, height, "Throughput and smooth goodput by time");
          const all = rows(state, right - left);
          const most = Math.max(1, ...all.map(row => row.all)) * 1.05;
          const floor = Math.max(-most / 2, Math.min(0, ...all.map(row => row.kept)));
          const x = scale(0, state.length, left, right), y = scale(floor, most, bottom, 20);
          draw(svg, "text", {x: left - 6, y: 10, class: "grey end"}, "tok/s");
          for (const at of ticks(floor, most, roundStep(most - floor, 5))) {
            draw(svg, "line", {x1: left, x2: right, y1: y(at), y2: y(at),
              class: Math.abs(at) < 1e-9 ? "zero" : "rule"});
            draw(svg, "text", {x: left - 6, y: y(at) + 4, class: "grey end"},
              String(+at.toPrecision(6)).replace("-", "\u2212"));
          }
          const clip = value => Math.max(floor, value);
          const area = (kind, low, high) => {
            const ends = value => all.flatMap(row => [row.from, row.to].map(at =>
              [x(at), y(value(row))]));
            if (all.length) draw(svg, "path", {class: kind,
              d: path(ends(high).concat(ends(low).reverse())) + "Z"});
          };
          area("kept-area", () => 0, row => Math.max(0, Math.min(row.kept, row.all)));
          area("lost-area", row => clip(Math.min(row.kept, row.all)), row => row.all);
          if (all.length) draw(svg, "path", {class: "outline", d: path(all.flatMap(row =>
            [[x(row.from), y(row.all)], [x(row.to), y(row.all)]]))});
          timeAxis(svg, x, right - left, height - 6);
          if (state.phase === "running")
            nowLine(svg, x, [left, right], 20, bottom, state.now, true);
          if (!isNarrow()) {
            draw(svg, "text", {x: right + 10, y: 30}, "throughput");
            draw(svg, "rect", {x: right + 10, y: 39, width: 9, height: 9, class: "lost-area"});
            draw(svg, "text", {x: right + 24, y: 48, class: "grey"}, "waiting");
            draw(svg, "text", {x: right + 10, y: 70, class: "accent"}, "smooth goodput");
          }
          svg.onpointermove = event => {
            const at = (event.clientX - svg.getBoundingClientRect().left - left)
              / (right - left) * state.length;
            const row = all.find(row => at >= row.from && at < row.to);
            say("point-timeline", row ? `${clock(row.from)} to ${clock(row.to)}: `
              + `${short(row.kept)} of ${short(row.all)} tok/s smooth` : "");
          };
        }

        """#
}
