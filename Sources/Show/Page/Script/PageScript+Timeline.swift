extension PageScript {
    /// Throughput outlined, smooth goodput filled, losses by cause between them.
    static let timeline = #"""
        const causeWords = {first_token: "first token late", stall: "stalls",
          slow_decode: "slow decoding", client_late: "client late", unfinished: "never came",
          void: "not completed", thought: "thoughts unread"};
        function timelineRows() {
          const lost = losses();
          return list(bins.count, (_, bin) => {
            const causes = lost.map(row => row[bin] / bins.width);
            const all = bins.delivered[bin] / bins.width;
            const [from, to] = [bin, bin + 1].map(end => Math.min(whole, end * bins.width));
            return {from, to, all, causes,
              kept: all - causes.reduce((sum, value) => sum + value, 0)};
          });
        }
        function drawTimeline() {
          const parent = element("plot-timeline");
          parent.replaceChildren();
          const width = parent.clientWidth, height = 270, [gutter, margin] = gutters();
          const left = gutter, right = width - margin, bottom = height - 26;
          const svg = picture(parent, width, height, "Throughput and smooth goodput by time");
          const rows = timelineRows().filter(row => row.to > view.from && row.from < view.to);
          const most = Math.max(1e-9, ...rows.map(row => row.all)) * 1.05;
          const floor = Math.max(-most / 2, Math.min(0, ...rows.map(row => row.kept)));
          const x = scale(view.from, view.to, left, right), y = scale(floor, most, bottom, 20);
          const span = row => [Math.max(left, x(row.from)), Math.min(right, x(row.to))];
          const area = (kind, low, high) => {
            const points = [], back = [];
            for (const row of rows) {
              const [a, b] = span(row);
              points.push([a, y(high(row))], [b, y(high(row))]);
              back.push([a, y(low(row))], [b, y(low(row))]);
            }
            draw(svg, "path", {class: kind, d: path(points.concat(back.reverse())) + "Z"});
          };
          draw(svg, "text", {x: left - 6, y: 10, class: "grey end"}, "tok/s");
          for (const at of ticks(floor, most, roundStep(most - floor, 5))) {
            draw(svg, "line", {x1: left, x2: right, y1: y(at), y2: y(at),
              class: Math.abs(at) < 1e-9 ? "zero" : "rule"});
            draw(svg, "text", {x: left - 6, y: y(at) + 4, class: "grey end"},
              String(+at.toPrecision(6)).replace("-", "\u2212"));
          }
          const clip = value => Math.max(floor, value);
          area("kept-area", () => 0, row => Math.max(0, row.kept));
          const drawn = names.causes.map((_, i) => i).reverse();
          const below = (row, cause) => drawn.slice(0, drawn.indexOf(cause))
            .reduce((sum, i) => sum + row.causes[i], row.kept);
          for (const cause of drawn)
            area("area-" + names.causes[cause], row => clip(below(row, cause)),
              row => clip(below(row, cause) + row.causes[cause]));
          const outline = rows.flatMap(row => span(row).map(at => [at, y(row.all)]));
          draw(svg, "path", {class: "outline", d: path(outline)});
          timeAxis(svg, x, right - left, height - 6);
          drawSteady(svg, x, left, right);
          if (!isNarrow()) timelineKey(svg, right + 10);
          pointable(svg, x, [left, right], [20, bottom], at => {
            const row = rows.find(row => at >= row.from && at < row.to);
            element("point-timeline").textContent = row ? pointWords(row) : "";
          });
        }
        function drawSteady(svg, x, left, right) {
          if (!names.steady) return;
          const [from, to] = names.steady.map(at => Math.min(right, Math.max(left, x(at))));
          if (to - from < 60) return;
          const bracket = [[from, 18], [from, 12], [to, 12], [to, 18]];
          draw(svg, "path", {class: "steady", d: path(bracket)});
          draw(svg, "text", {x: (from + to) / 2, y: 16, class: "grey middle halo"}, "steady");
        }
        const causesThere = () => {
          const lost = losses();
          const sums = lost.map(row => row.reduce((sum, value) => sum + value, 0));
          const all = sums.reduce((sum, value) => sum + value, 0);
          return names.causes.filter((_, i) => sums[i] > .005 * all);
        };
        function timelineKey(svg, x) {
          let y = 30;
          draw(svg, "text", {x, y}, "throughput");
          for (const cause of causesThere()) {
            y += 18;
            draw(svg, "rect", {x, y: y - 9, width: 9, height: 9, class: "area-" + cause});
            draw(svg, "text", {x: x + 14, y, class: "grey"}, causeWords[cause]);
          }
          draw(svg, "text", {x, y: y + 22, class: "accent"}, "smooth goodput");
        }
        function pointWords(row) {
          const parts = names.causes.map((cause, i) => [causeWords[cause], row.causes[i]])
            .filter(part => part[1] > .005).map(part => part[0] + " " + short(part[1]));
          return `${clock(row.from)} to ${clock(row.to)}: ${short(row.kept)} of ${short(row.all)} `
            + `tok/s smooth${parts.length ? "; lost: " + parts.join(", ") : ""}`;
        }

        """#
}
