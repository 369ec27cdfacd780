extension PageScript {
    /// Every request as a lane of its node: text arriving, readers waiting.
    static let raster = #"""
        function rasterRows() {
          const total = laneCounts.reduce((sum, lanes) => sum + lanes, 0) || 1;
          const each = Math.min(7, Math.max(.4, 430 / total));
          let top = 4;
          return laneCounts.map(lanes => {
            const row = {top, each, height: Math.max(14, lanes * each)};
            top += row.height + 12;
            return row;
          });
        }
        // A canvas under what is drawn next, with pixels as fine as the screen's.
        function layer(parent, width, height) {
          const canvas = make(parent, "canvas"), ratio = Math.min(2, devicePixelRatio || 1);
          canvas.setAttribute("aria-hidden", "true");
          canvas.style.width = width + "px";
          canvas.style.height = height + "px";
          canvas.width = width * ratio;
          canvas.height = height * ratio;
          const context = canvas.getContext("2d");
          context.scale(ratio, ratio);
          return context;
        }
        function colours(...names) {
          const style = getComputedStyle(document.documentElement);
          return names.map(name => style.getPropertyValue(name).trim());
        }
        // A name that has room for `most` letters: its end tells more than its middle.
        const cut = (name, most) => name.length <= most ? name
          : name.slice(0, Math.ceil(most / 3)) + "…"
            + name.slice(-(most - Math.ceil(most / 3) - 1));
        const drawRaster = () => strips.length ? drawStrips() : drawLanes();
        function drawLanes() {
          const parent = element("plot-raster");
          parent.replaceChildren();
          const width = parent.clientWidth, [left, margin] = gutters(), right = width - margin;
          const rows = rasterRows(), end = rows[rows.length - 1];
          const bottom = end.top + end.height + 4, height = bottom + 22;
          const x = scale(view.from, view.to, left, right);
          paintLanes(layer(parent, width, height), rows, x, left, right);
          const svg = picture(parent, width, height, "Requests by node and time, a lane each");
          rows.forEach((row, agent) => {
            const y = row.top + 11;
            draw(svg, "text", isNarrow() ? {x: left + 4, y, class: "halo"}
              : {x: left - 6, y, class: "end"}, cut(names.agents[agent], isNarrow() ? 24 : 8));
            if (isNarrow()) return;
            draw(svg, "text", {x: right + 10, y, class: "grey"},
              names.open[agent] + " open at most");
            if (names.failed[agent] && row.height > 26)
              draw(svg, "text", {x: right + 10, y: y + 15, class: "red"},
                names.failed[agent] + " failed");
          });
          timeAxis(svg, x, right - left, height - 5);
          pointable(svg, x, [left, right], [0, bottom], (at, y) => {
            const agent = rows.findIndex(row => y >= row.top && y < row.top + row.height);
            const lane = agent < 0 ? -1 : Math.floor((y - rows[agent].top) / rows[agent].each);
            const r = drawn.find(r => r.agent === agent && r.lane === lane
              && r.at <= at && r.at + r.finish >= at);
            element("point-raster").textContent = r ? requestWords(r) : "";
          });
        }
        function requestWords(r) {
          const reader = readerOf(r.kind);
          return `request ${r.id}, ${reader.name} on ${names.agents[r.agent]}, `
            + `from ${clock(r.at)}: `
            + `${r.delivered} tokens, first after ${span(r.first)}, ${r.outcome} after `
            + `${span(r.finish)}, waits ${span(idle(r, reader.time))}`;
        }
        function paintLanes(context, rows, x, left, right) {
          const [accent, red, rule] = colours("--accent", "--red", "--rule");
          const readers = names.classes.map((_, kind) => readerOf(kind));
          const pixel = (view.to - view.from) / (right - left);
          for (const r of drawn) {
            if (r.at > view.to || r.at + r.finish < view.from) continue;
            const row = rows[r.agent], y = row.top + r.lane * row.each;
            const high = Math.max(.4, row.each - (row.each > 2 ? 1 : 0));
            const bar = (from, to, colour, alpha) => {
              const a = Math.max(left, x(r.at + from)), b = Math.min(right, x(r.at + to));
              if (b <= a) return;
              context.fillStyle = colour;
              context.globalAlpha = alpha;
              context.fillRect(a, y, Math.max(b - a, .5), high);
            };
            const events = arrivals(r);
            bar(0, Math.min(r.first || r.finish, r.origin / second), rule, .7);
            // Tokens of one pixel are one bar, the stronger the faster they come.
            for (let i = 0; i < events.length;) {
              const from = events[i][0];
              let count = 0;
              for (; i < events.length && events[i][0] - from < pixel; i++) count += events[i][1];
              bar(from, from + Math.max(pixel, Math.min(.012, pixel * 3)), accent,
                Math.min(1, .3 + count / Math.max(pixel, .02) / 100));
            }
            for (const wait of waits(r, readers[r.kind], events)) bar(wait.from, wait.to, red, .8);
            if (r.outcome !== "completed") {
              context.fillStyle = red;
              context.globalAlpha = 1;
              const at = x(r.at + r.finish);
              if (at >= left && at <= right) context.fillRect(at - 1, y, 2, high);
            }
          }
        }

        """#
}
