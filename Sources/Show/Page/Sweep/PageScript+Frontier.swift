extension PageScript {
    /// The tokens that a GPU serves against how fast a user is served.
    static let sweepFrontier = #"""
        function drawFrontier() {
          const parent = element("plot-frontier");
          if (!parent) return;
          parent.replaceChildren();
          const width = parent.clientWidth, height = isNarrow() ? 280 : 320;
          const [left, margin] = gutters(), right = width - margin, bottom = height - 40;
          const svg = plotOf(parent, width, height, "Tokens a GPU by tokens a user");
          const places = systems.flatMap(s => s.points.filter(p => p.front)
            .map(point => ({system: s, point, user: point.front[0], gpu: point.front[1],
              smooth: point.front[2], isFront: point.front[3]})));
          const frame = rateFrame(svg, places.flatMap(p => [p.gpu, p.smooth]), [left, right],
            [20, bottom], "tok/s a GPU");
          const most = Math.max(...places.map(p => p.user)) * 1.04;
          const x = scale(0, most, left, right);
          for (const at of ticks(0, most, roundStep(most, Math.max(2, width / 110))))
            draw(svg, "text", {x: x(at), y: bottom + 18, class: "grey middle"}, tick(at));
          draw(svg, "text", {x: right, y: bottom + 36, class: "grey end"}, "tokens/s a user");
          frontLine(svg, places.filter(p => p.isFront), x, frame, left, bottom);
          for (const {user, gpu, smooth} of places)
            draw(svg, "line", {x1: x(user), x2: x(user), y1: frame(gpu), y2: frame(smooth),
              class: "tail"});
          const ends = [], taken = [];
          for (const system of systems) {
            const own = places.filter(p => p.system === system);
            draw(svg, "path", {class: `thin s${system.colour}`,
              d: path(own.map(p => [x(p.user), frame(p.gpu)]))});
            for (const {point, user, gpu} of own) {
              const at = [x(user), frame(gpu)];
              markAt(svg, system, point, ...at);
              const label = [at[0] + 7, at[1] - 7];
              if (taken.some(t => Math.abs(t[0] - label[0]) < 22 && Math.abs(t[1] - label[1]) < 13))
                continue;
              taken.push(label);
              draw(svg, "text", {x: label[0], y: label[1], class: `halo f${system.colour}`},
                tick(point.load));
            }
            const far = own.reduce((a, b) => !a || b.user > a.user ? b : a, null);
            if (far && system.name) ends.push({colour: system.colour, kind: "name",
              text: system.name,
              at: x(far.user), y: frame(far.gpu)});
          }
          if (!isNarrow()) return endLabels(svg, ends, right, [20, bottom]);
          // No point lies where users and GPUs are served badly.
          ends.forEach(({text, colour}, i) => draw(svg, "text",
            {x: left + 6, y: bottom - 8 - 15 * i, class: `name f${colour}`}, cut(text, 24)));
        }
        // Steps through the points that none other beats.
        function frontLine(svg, front, x, frame, left, bottom) {
          if (!front.length) return;
          front.sort((a, b) => a.user - b.user);
          const steps = [[left, frame(front[0].gpu)]];
          front.forEach((p, i) => {
            steps.push([x(p.user), frame(p.gpu)],
              [x(p.user), front[i + 1] ? frame(front[i + 1].gpu) : bottom]);
          });
          draw(svg, "path", {class: "front", d: path(steps)});
        }

        """#
}
