extension PageScript {
    /// Every request as a lane of its node: text arriving, readers waiting.
    static let raster = #"""
        // The lowest free lane of each request's node.
        const lanes = names.agents.map(() => []);
        for (const r of [...requests].sort((a, b) => a.at - b.at)) {
          const ends = lanes[r.agent];
          let lane = ends.findIndex(end => end <= r.at);
          if (lane < 0) lane = ends.length;
          ends[lane] = r.at + r.finish;
          r.lane = lane;
        }
        function rasterRows() {
          const total = lanes.reduce((sum, ends) => sum + ends.length, 0) || 1;
          const each = Math.min(7, Math.max(.4, 430 / total));
          let top = 4;
          return lanes.map(ends => {
            const row = {top, each, height: Math.max(14, ends.length * each)};
            top += row.height + 12;
            return row;
          });
        }
        function drawRaster() {
          const parent = element("plot-raster");
          parent.replaceChildren();
          const width = parent.clientWidth, [left, margin] = gutters(), right = width - margin;
          const rows = rasterRows(), end = rows[rows.length - 1];
          const bottom = end.top + end.height + 4, height = bottom + 22;
          const canvas = make(parent, "canvas");
          canvas.style.width = width + "px";
          canvas.style.height = height + "px";
          const ratio = Math.min(2, devicePixelRatio || 1);
          canvas.width = width * ratio;
          canvas.height = height * ratio;
          const x = scale(view.from, view.to, left, right);
          paintRaster(canvas, ratio, rows, x, left, right);
          const svg = picture(parent, width, height, "Requests by node and time");
          rows.forEach((row, agent) => {
            const y = row.top + 11;
            draw(svg, "text", {x: isNarrow() ? left + 4 : right + 10, y, class: "halo"},
              names.agents[agent].slice(0, 16));
            if (!isNarrow() && row.height > 26)
              draw(svg, "text", {x: right + 10, y: y + 15, class: "grey"},
                lanes[agent].length + " open at most");
          });
          timeAxis(svg, x, right - left, height - 5);
          pointable(svg, x, [left, right], [0, bottom], (at, y) => {
            const agent = rows.findIndex(row => y >= row.top && y < row.top + row.height);
            const lane = agent < 0 ? -1 : Math.floor((y - rows[agent].top) / rows[agent].each);
            const r = requests.find(r => r.agent === agent && r.lane === lane
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
        function paintRaster(canvas, ratio, rows, x, left, right) {
          const context = canvas.getContext("2d");
          context.scale(ratio, ratio);
          const style = getComputedStyle(document.documentElement);
          const [accent, red, rule] =
            ["--accent", "--red", "--rule"].map(name => style.getPropertyValue(name).trim());
          const readers = names.classes.map((_, kind) => readerOf(kind));
          const pixel = (view.to - view.from) / (right - left);
          for (const r of requests) {
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
