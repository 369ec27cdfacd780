extension PageScript {
    /// The leader for every reader.
    static let compareRanking = #"""
        const view = {S: null, a: null};
        const map = names.ranking;
        function drawRanking() {
          const parent = element("plot-ranking");
          if (!parent) return;
          parent.replaceChildren();
          const width = parent.clientWidth, height = 300, [left, margin] = gutters();
          const right = width - margin, bottom = height - 42, top = 20;
          const svg = plotOf(parent, width, height, "Who leads, by reading speed and weight");
          const x = logScale(1, 1000, left, right), y = scale(0, 3, bottom, top);
          for (const area of map.areas) drawLead(svg, area, x, y);
          draw(svg, "rect", {x: left, y: top, width: right - left, height: bottom - top,
            class: "frame"});
          draw(svg, "text", {x: 0, y: 12, class: "grey"}, "α, weight of idle time");
          for (const at of [0, 1, 2, 3])
            draw(svg, "text", {x: left - 8, y: y(at) + 4, class: "grey end"}, String(at));
          for (const at of logTicks(1, 1000, Math.floor((right - left) / 50)))
            draw(svg, "text", {x: x(at), y: bottom + 18, class: "grey middle"}, tick(at));
          draw(svg, "text", {x: right, y: bottom + 36, class: "grey end"},
            "reading speed, tokens/s");
          labelLeads(svg, x, y, left, right);
          const placed = [];
          for (const {name, speed, alpha} of map.readers) {
            if (speed < 1 || speed > 1000 || alpha > 3) continue;
            const at = [x(speed), y(alpha)];
            const same = placed.filter(p => Math.hypot(p[0] - at[0], p[1] - at[1]) < 6).length;
            placed.push(at);
            if (!same) draw(svg, "circle", {cx: at[0], cy: at[1], r: 4, class: "reader"});
            draw(svg, "text", {x: at[0] - 9, y: at[1] + 4 + 15 * same, class: "halo end"},
              cut(name, 18));
          }
          const hair = draw(svg, "circle", {r: 4, class: "hair", fill: "none",
            visibility: "hidden"});
          const at = event => {
            const box = svg.getBoundingClientRect();
            const [px, py] = [event.clientX - box.left, event.clientY - box.top];
            if (px < left || px > right || py < top || py > bottom) return null;
            return {S: +(1000 ** ((px - left) / (right - left))).toPrecision(3),
              a: +(3 * (bottom - py) / (bottom - top)).toFixed(2)};
          };
          const show = held => {
            hair.setAttribute("visibility", held ? "visible" : "hidden");
            if (held) {
              hair.setAttribute("cx", x(held.S));
              hair.setAttribute("cy", y(held.a));
            }
            element("point-ranking").textContent = held ? readerWords(held) : "";
          };
          const held = () => view.S === null ? null : {S: view.S, a: view.a ?? 1};
          svg.addEventListener("pointermove", event => show(at(event) ?? held()));
          svg.addEventListener("pointerleave", () => show(held()));
          svg.addEventListener("click", event => {
            Object.assign(view, at(event) ?? {S: null, a: null});
            writeAddress(view);
            show(held());
          });
          show(held());
        }
        function drawLead(svg, area, x, y) {
          let run = [];
          const close = () => {
            if (run.length > 1) {
              const points = run.map(i => [x(map.speeds[i]), y(area.high[i])])
                .concat(run.map(i => [x(map.speeds[i]), y(area.low[i])]).reverse());
              const colour = systems[area.system].colour;
              draw(svg, "path", {class: `b${colour} f${colour}`, "fill-opacity": .16,
                d: path(points) + "Z"});
            }
            run = [];
          };
          map.speeds.forEach((_, i) => { if (area.low[i] === null) close(); else run.push(i); });
          close();
        }
        // Each area's share where it is widest and no inner one covers it; the system's name goes
        // to the widest place of all of its areas.
        function labelLeads(svg, x, y, left, right) {
          const places = map.areas.map((area, index) => {
            const next = map.areas[index + 1];
            const inner = next?.system === area.system ? next : null;
            const holds = (part, i, alpha) => part && part.low[i] !== null
              && alpha >= part.low[i] && alpha <= part.high[i];
            let best = {width: 0};
            for (const alpha of [1.5, 2.2, .8, 2.75, .3]) {
              let from = null;
              map.speeds.forEach((speed, i) => {
                const isFree = holds(area, i, alpha) && !holds(inner, i, alpha);
                if (!isFree) { from = null; return; }
                from ??= x(speed);
                const width = x(speed) - from;
                if (width > best.width + 12) best = {width, at: from + width / 2, y: y(alpha)};
              });
            }
            return {area, ...best};
          });
          const named = new Set();
          for (const place of [...places].sort((a, b) => b.width - a.width)) {
            const system = systems[place.area.system], share = tick(place.area.share * 100);
            const all = `${cut(system.name, 18)} leads by ${share}\u00a0%`;
            const isNamed = !named.has(system) && place.width >= all.length * 6.6;
            const words = isNamed ? all : `${share}\u00a0%`;
            if (place.width < words.length * 6.6) continue;
            if (isNamed) named.add(system);
            draw(svg, "text", {x: place.at, y: place.y + 4,
              class: `halo middle name f${system.colour}`}, words);
          }
        }
        function readerWords({S, a}) {
          const i = map.speeds.reduce((best, speed, i) =>
            Math.abs(Math.log(speed / S)) < Math.abs(Math.log(map.speeds[best] / S)) ? i : best, 0);
          return `S = ${tick(S)} tokens/s, α = ${a}: ` + systems.map((system, k) => {
            const penalty = map.penalties[k][i];
            const value = a === 0 ? map.throughput[k]
              : penalty === null ? -Infinity : map.throughput[k] - a * penalty;
            return `${system.name} ${Number.isFinite(value) ? short(value) : "less than any"}`;
          }).join(", ") + " tok/s smooth";
        }

        """#
}
