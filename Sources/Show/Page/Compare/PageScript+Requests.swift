extension PageScript {
    /// The same request twice: how long its reader waited with the base and with another system.
    static let compareRequests = #"""
        const leastWait = .01;
        function drawRequests() {
          const parent = element("plot-requests");
          if (!parent) return;
          parent.replaceChildren();
          names.pairs.forEach((pairs, place) => {
            if (pairs) drawPairs(parent, pairs, systems[place + 1]);
          });
        }
        function drawPairs(parent, pairs, other) {
          const size = Math.min(parent.clientWidth, 440), left = 58, bottom = size - 46, top = 26;
          const right = size - 10, svg = plotOf(parent, size, size,
            `Readers' waits with ${systems[0].name} and with ${other.name}`);
          const waits = pairs.waits.map(ms => ms / 1000);
          const most = Math.max(.1, ...waits) * 1.2;
          // No wait has a band of its own beside the logarithms.
          const band = 18, x0 = logScale(leastWait, most, left + band, right);
          const y0 = logScale(leastWait, most, bottom - band, top);
          const jitter = i => 3 + (i * 7919 % 13);
          const x = (wait, i) => wait > leastWait ? x0(wait) : left + jitter(i);
          const y = (wait, i) => wait > leastWait ? y0(wait) : bottom - jitter(i);
          draw(svg, "rect", {x: left, y: top, width: band, height: bottom - top, class: "floor"});
          draw(svg, "rect", {x: left, y: bottom - band, width: right - left, height: band,
            class: "floor"});
          for (const at of logTicks(leastWait, most, 5)) {
            draw(svg, "line", {x1: x0(at), x2: x0(at), y1: top, y2: bottom, class: "rule"});
            draw(svg, "line", {x1: left, x2: right, y1: y0(at), y2: y0(at), class: "rule"});
            draw(svg, "text", {x: x0(at), y: bottom + 17, class: "grey middle"}, clean(at));
            draw(svg, "text", {x: left - 6, y: y0(at) + 4, class: "grey end"}, clean(at));
          }
          draw(svg, "line", {x1: left + band, y1: bottom - band, x2: right, y2: top,
            class: "ideal"});
          for (let i = 0; i < waits.length; i += 2) {
            const [base, own] = [waits[i], waits[i + 1]];
            if (Math.max(base, own) <= leastWait) continue;
            const isLess = base - own > leastWait, isMore = own - base > leastWait;
            draw(svg, "circle", {cx: x(base, i).toFixed(1), cy: y(own, i + 5).toFixed(1), r: 1.6,
              "fill-opacity": .6, class: isLess ? `f${other.colour}`
                : isMore ? `f${systems[0].colour}` : "cause"});
          }
          draw(svg, "text", {x: right - 4, y: bottom - band - 8,
            class: `halo end f${other.colour}`}, pairs.less + " wait less");
          draw(svg, "text", {x: left + band + 6, y: top + 12, class: `halo f${systems[0].colour}`},
            pairs.more + " wait more");
          draw(svg, "text", {x: right, y: size - 8, class: `end f${systems[0].colour}`},
            "reader’s wait with " + cut(systems[0].name, 24));
          draw(svg, "text", {x: 0, y: 12, class: `f${other.colour}`},
            "with " + cut(other.name, 40));
        }

        """#
}
