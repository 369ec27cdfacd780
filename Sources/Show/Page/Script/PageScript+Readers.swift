extension PageScript {
    /// Text that was delivered against text that was read, for three readers.
    static let readers = #"""
        function drawReaders() {
          const parent = element("plot-readers");
          parent.replaceChildren();
          const titles = ["The median reader", "One in twenty waits longer", "The worst"];
          picked().forEach((index, rank) => drawReader(parent, requests[index], titles[rank]));
        }
        function drawReader(parent, r, title) {
          const reader = readerOf(r.kind), events = arrivals(r), found = waits(r, reader, events);
          const idleTime = idle(r, reader.time);
          const figure = make(parent, "figure");
          make(make(figure, "figcaption"), "b", title + ": "
            + (idleTime > 0 ? span(idleTime) : "never waits"));
          make(figure, "p", `request ${r.id}, ${reader.name} on ${names.agents[r.agent]}, `
            + `${r.prompt ? r.prompt + " in, " : ""}${r.delivered} out`, "read");
          const width = Math.max(200, figure.clientWidth), height = 210;
          const svg = picture(figure, width, height, title);
          const speed = second / reader.time, origin = r.origin / second;
          const last = events.length ? events[events.length - 1][0] : r.finish;
          const lost = reader.speed * idleTime;
          const shown = reader.penalty === "linear" ? lost * reader.alpha : 0;
          const bottom = height - 24, left = 40, right = width - (shown ? 46 : 10);
          const end = Math.min(Math.max(last, origin + r.read / speed + idleTime), 1.3 * last) || 1;
          const most = Math.min(r.read + Math.min(lost, 2 * r.read), 1e9) || 1;
          const x = scale(0, end, left, right), y = scale(0, most, bottom, 8);
          for (const {from, to} of found)
            draw(svg, "rect", {x: x(from), y: 8, width: Math.max(.5, x(to) - x(from)),
              height: bottom - 8, class: "waiting"});
          for (const at of ticks(0, most, roundStep(most, 4))) {
            draw(svg, "line", {x1: left, x2: right, y1: y(at), y2: y(at),
              class: at ? "rule" : "zero"});
            draw(svg, "text", {x: left - 6, y: y(at) + 4, class: "grey end"},
              String(+at.toFixed(3)));
          }
          const step = roundStep(end, 4);
          for (const at of ticks(0, end, step))
            draw(svg, "text", {x: x(at), y: height - 6, class: "grey middle"},
              +at.toFixed(6) + " s");
          const {steps, read, flats} = readingLines(events, found, reader, origin, end);
          const place = line => line.map(([time, tokens]) => [x(time), y(Math.min(tokens, most))]);
          draw(svg, "path", {class: "buffer",
            d: path(place(steps).concat(place(read).reverse())) + "Z"});
          const top = Math.min(end, origin + most / speed);
          draw(svg, "path", {class: "ideal",
            d: path(place([[origin, 0], [top, (top - origin) * speed]]))});
          draw(svg, "path", {class: "delivered", d: path(place(steps))});
          draw(svg, "path", {class: "reading", d: path(place(read))});
          for (const flat of flats) draw(svg, "path", {class: "flat", d: path(place(flat))});
          const longest = found.reduce((a, b) => b.to - b.from > a.to - a.from ? b : a,
            {from: 0, to: 0, token: 0});
          if (x(longest.to) - x(longest.from) > 26)
            draw(svg, "text", {x: (x(longest.from) + x(longest.to)) / 2, y: bottom - 6,
              class: "red middle halo"}, span(longest.to - longest.from)
                + (longest.token || x(longest.to) - x(longest.from) < 90 ? "" : ", first token"));
          if (idleTime > .05 * end)
            draw(svg, "text", {x: x(end * .36),
              y: y(Math.min(most * .9, (end * .36 - origin) * speed)) - 8,
              class: "grey end halo"}, "never waiting");
          const middle = x(Math.min(end, last * .5));
          draw(svg, "text", {x: middle, y: y(most * .12), class: "accent halo"},
            speed > 1e6 ? "read at once" : "read, " + +reader.speed.toPrecision(3) + "/s");
          draw(svg, "text", {x: left + 6, y: 20, class: "halo"}, "delivered");
          if (shown) {
            const [low, high] = [y(r.read), y(Math.min(most, r.read + lost))];
            draw(svg, "path", {class: "gap", d: path([[right + 3, low], [right + 8, low],
              [right + 8, high], [right + 3, high]])});
            draw(svg, "text", {x: right + 11, y: (low + high) / 2, class: "red"}, short(shown));
            draw(svg, "text", {x: right + 11, y: (low + high) / 2 + 14, class: "red"}, "lost");
          }
        }
        // Delivered as steps, what was read as a line, and its flats.
        function readingLines(events, found, reader, origin, end) {
          const speed = second / reader.time;
          // A reader who grants a long wait may begin after all has come.
          const steps = [[0, 0]], read = [[0, 0], [Math.min(origin, end), 0]], flats = [];
          let tokens = 0;
          for (const [time, count] of events) {
            steps.push([time, tokens], [time, tokens += count]);
          }
          steps.push([end, tokens]);
          for (const {from, to, token} of found) {
            const flat = [[from, token], [to, token]];
            read.push(...flat);
            flats.push(flat);
          }
          const [at, done] = read[read.length - 1];
          const until = Math.min(end, at + (tokens - done) / speed);
          read.push([until, done + (until - at) * speed]);
          if (until < end) read.push([end, tokens]);
          return {steps, read, flats};
        }

        """#
}
