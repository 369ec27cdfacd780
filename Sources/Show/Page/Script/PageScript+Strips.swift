extension PageScript {
    /// A strip a node where there are too many for lanes: what came, and the share of it lost.
    static let strips = #"""
        // The share of a bin that is lost for the lens: as scored, or told to within 2 %.
        function lostShares(strip) {
          const of = values =>
            values.map((value, bin) => value / Math.max(1, strip.delivered[bin]));
          if (!view.reader) return of(strip.own);
          const levels = strip.shares[Math.round(stepOf(view.reader.speed) / 2)];
          return of(strip.weightless).map((share, bin) =>
            share + view.reader.alpha * (levels[bin] ? 2 ** ((levels[bin] - 1) / 16) / 1000 : 0));
        }
        function lostShare(strip) {
          const sum = values => values.reduce((all, value) => all + value, 0);
          const lost = view.reader ? sum(strip.weightless)
            + view.reader.alpha * strip.bySpeed[stepOf(view.reader.speed)] : sum(strip.own);
          return lost / Math.max(1, sum(strip.delivered));
        }
        function percent(share) {
          const size = Math.abs(share);
          const digits = size === 0 || size === 1 || size >= .0995 && size < .995 ? 0
            : size < .00995 ? 2 : 1;
          return (share * 100).toFixed(digits).replace("-", "\u2212") + "\u00a0%";
        }
        // The worst on top.
        const stripRows = () => strips.map(strip => ({strip, share: lostShare(strip)}))
          .sort((a, b) => b.share - a.share);
        function drawStrips() {
          const parent = element("plot-raster");
          parent.replaceChildren();
          const width = parent.clientWidth, [gutter, margin] = gutters();
          const left = gutter, right = width - (isNarrow() ? 44 : margin);
          const rows = stripRows(), each = 14, bottom = rows.length * each + 4;
          const height = bottom + (names.unseen ? 38 : 22);
          const x = scale(view.from, view.to, left, right);
          paintStrips(layer(parent, width, height), rows, x, left, right, each);
          const svg = picture(parent, width, height, "Tokens and the share lost by node and time");
          const median = rows[(rows.length - 1) >> 1].share;
          rows.forEach(({strip, share}, row) => {
            const y = row * each + 11, isOut = share > .01 && share > 2 * median;
            draw(svg, "text", {x: left - 6, y, class: isOut ? "end" : "grey end"},
              cut(names.agents[strip.agent], isNarrow() ? 5 : 8));
            draw(svg, "text", {x: right + 6, y, class: isOut ? "red" : "grey"},
              percent(share) + (isNarrow() ? "" : " lost"));
          });
          timeAxis(svg, x, right - left, bottom + 16);
          if (names.unseen)
            draw(svg, "text", {x: left, y: height - 4, class: "grey"},
              `${names.unseen} more nodes lose less, as scored`);
          pointable(svg, x, [left, right], [0, bottom], (at, y) => {
            const row = rows[Math.floor(y / each)], bin = Math.floor(at / bins.width);
            element("point-raster").textContent =
              row && at >= 0 && bin < bins.count ? stripWords(row.strip, bin) : "";
          });
        }
        function stripWords(strip, bin) {
          const from = bin * bins.width, to = Math.min(whole, from + bins.width);
          const rate = strip.delivered[bin] / Math.max(to - from, 1e-9);
          return `${names.agents[strip.agent]}, ${clock(from)} to ${clock(to)}: `
            + `${short(rate)} tok/s came, ${percent(lostShares(strip)[bin])} of it lost`;
        }
        function paintStrips(context, rows, x, left, right, each) {
          const [accent, red] = colours("--accent", "--red");
          const most = Math.max(1, ...strips.map(strip => Math.max(...strip.delivered)));
          rows.forEach(({strip}, row) => {
            const shares = lostShares(strip);
            strip.delivered.forEach((tokens, bin) => {
              const from = Math.max(left, x(bin * bins.width));
              const to = Math.min(right, x(Math.min(whole, (bin + 1) * bins.width)));
              if (to <= from) return;
              const fill = (colour, alpha) => {
                context.globalAlpha = alpha;
                context.fillStyle = colour;
                context.fillRect(from, row * each, to - from, each - 1.5);
              };
              if (tokens) fill(accent, .1 + .5 * tokens / most);
              if (shares[bin] > .005) fill(red, Math.min(1, .1 + .9 * shares[bin]));
            });
          });
        }

        """#
}
