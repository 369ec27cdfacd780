extension LiveScript {
    /// Servers' queues on the same axis, a strip each.
    static let servers = #"""
        function drawServers(state) {
          const parent = element("plot-servers"), list = state.servers.list;
          parent.replaceChildren();
          say("finding-servers", state.servers.finding);
          say("more-servers", state.servers.more);
          const strip = 60, width = parent.clientWidth, [left, margin] = gutters();
          const right = width - margin, height = list.length * (strip + 14) + 22;
          const svg = picture(parent, width, height, "Load of servers by time");
          const x = scale(0, state.length, left, right);
          list.forEach((server, index) =>
            drawServer(svg, server, x, [left, right], index * (strip + 14) + 4, strip, state));
          timeAxis(svg, x, right - left, height - 5);
        }
        function drawServer(svg, server, x, [left, right], top, strip, state) {
          // A step without an answer shows what was told before it.
          const kept = list => {
            let last = 0;
            return list.map(value => last = value ?? last);
          };
          const running = kept(server.running), waiting = kept(server.waiting);
          const cache = kept(server.cache), both = running.map((value, i) => value + waiting[i]);
          const most = Math.max(1, ...both);
          const y = scale(0, most, top + strip, top), share = scale(0, 1, top + strip, top);
          const steps = (place, list) => list.flatMap((value, i) =>
            [i, i + 1].map(k => [Math.min(right, x(Math.min(k * server.width,
              Math.max(state.now, i * server.width)))), place(value)]));
          const area = (kind, low, high) => {
            if (high.length) draw(svg, "path", {class: kind,
              d: path(steps(y, high).concat(steps(y, low).reverse())) + "Z"});
          };
          area("kept-area", running.map(() => 0), running);
          area("waiting-area", running, both);
          if (server.cache.some(value => value !== null))
            draw(svg, "path", {class: "cache", d: path(steps(share, cache))});
          draw(svg, "line", {x1: left, x2: right, y1: top + strip, y2: top + strip, class: "zero"});
          draw(svg, "text", {x: left - 6, y: top + 10, class: "grey end"}, String(most));
          if (state.phase === "running")
            nowLine(svg, x, [left, right], top, top + strip, state.now, false);
          draw(svg, "text", {x: isNarrow() ? left + 4 : right + 10, y: top + 11, class: "halo"},
            server.name.slice(0, 16));
        }

        """#
}
