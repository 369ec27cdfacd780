extension PageScript {
    /// Servers' own words on their load, a strip each, under the same seconds as all else.
    static let servers = #"""
        function drawServers() {
          const parent = element("plot-servers");
          if (!parent) return;
          parent.replaceChildren();
          const strip = 60, width = parent.clientWidth, [left, margin] = gutters();
          const right = width - margin, height = names.servers.length * (strip + 14) + 22;
          const svg = picture(parent, width, height, "Load of servers by time");
          const x = scale(view.from, view.to, left, right);
          names.servers.forEach((server, index) =>
            drawServer(svg, server, x, [left, right], index * (strip + 14) + 4, strip));
          timeAxis(svg, x, right - left, height - 5);
        }
        function drawServer(svg, server, x, [left, right], top, strip) {
          const shown = server.at.map((at, i) => i).filter(i => {
            const next = server.at[i + 1] ?? whole;
            return next >= view.from && server.at[i] <= view.to;
          });
          const batch = i => server.running[i] ?? 0;
          const both = i => batch(i) + (server.waiting[i] ?? 0);
          const most = Math.max(1, ...shown.map(both));
          const y = scale(0, most, top + strip, top), share = scale(0, 1, top + strip, top);
          const ends = i => [server.at[i], server.at[i + 1] ?? server.at[i]]
            .map(at => Math.min(right, Math.max(left, x(at))));
          const steps = (place, value) =>
            shown.flatMap(i => ends(i).map(at => [at, place(value(i))]));
          const area = (kind, low, high) => draw(svg, "path", {class: kind,
            d: path(steps(y, high).concat(steps(y, low).reverse())) + "Z"});
          if (shown.length) {
            area("kept-area", () => 0, batch);
            area("waiting-area", batch, both);
            if (server.cache.some(value => value !== null))
              draw(svg, "path", {class: "cache", d: path(steps(share, i => server.cache[i] ?? 0))});
          }
          draw(svg, "line", {x1: left, x2: right, y1: top + strip, y2: top + strip, class: "zero"});
          draw(svg, "text", {x: left - 6, y: top + 10, class: "grey end"}, String(most));
          const label = {x: isNarrow() ? left + 4 : right + 10, y: top + 11, class: "halo"};
          draw(svg, "text", label, server.name.slice(0, 16));
        }

        """#
}
