extension PageScript {
    /// Pieces of the charts that set systems side by side: scales with their grids, curves with
    /// intervals and marks, names at their ends; and the view in the address.
    static let charts = #"""
        const cut = (text, most) => {
          const letters = [...text];
          return letters.length > most ? letters.slice(0, most - 1).join("") + "…" : text;
        };
        function percent(share) {
          const size = Math.abs(share);
          const digits = size === 0 || size === 1 || (size >= .0995 && size < .995) ? 0
            : size < .00995 ? 2 : 1;
          return (100 * share).toFixed(digits).replace("-", "\u2212") + "\u00a0%";
        }
        // A picture that a narrower sheet of paper shrinks.
        function plotOf(parent, width, height, label) {
          const svg = picture(parent, width, height, label);
          svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
          return svg;
        }
        const tick = value => String(+value.toPrecision(6)).replace("-", "\u2212");
        function logScale(from, to, left, right) {
          const line = scale(Math.log(from), Math.log(to), left, right);
          return value => line(Math.log(value));
        }
        function logTicks(from, to, most) {
          for (const factors of [[1, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
            const found = [];
            for (let power = Math.floor(Math.log10(from)); power <= Math.log10(to); power++)
              for (const factor of factors) {
                const at = +(factor * 10 ** power).toPrecision(6);
                if (at >= from * .999 && at <= to * 1.001) found.push(at);
              }
            if (found.length && found.length <= most) return found;
          }
          return [from, to];
        }
        // Grid lines with their values; what lies outside a scale is drawn at its edge.
        function framed(svg, place, [low, high], [left, right], grid) {
          for (const [at, words] of grid) {
            const y = place(at);
            draw(svg, "line", {x1: left, x2: right, y1: y, y2: y,
              class: at === 0 ? "zero" : "rule"});
            draw(svg, "text", {x: left - 6, y: y + 4, class: "grey end"}, words);
          }
          const frame = value => place(Math.min(high, Math.max(low, value)));
          frame.holds = value => value >= low && value <= high;
          return frame;
        }
        function rateFrame(svg, values, sides, [top, bottom], unit) {
          const most = Math.max(1e-9, ...values) * 1.05;
          const least = Math.max(-most / 2, Math.min(0, ...values));
          const grid = ticks(least, most, roundStep(most - least, 5)).map(at => [at, tick(at)]);
          if (unit) draw(svg, "text", {x: 0, y: 10, class: "grey"}, unit);
          return framed(svg, scale(least, most, bottom, top), [least, most], sides, grid);
        }
        function shareFrame(svg, values, sides, [top, bottom]) {
          const least = Math.max(-1, Math.min(...values, .99));
          const low = Math.max(Math.min(0, least), least - .08 * (1 - least));
          const grid = ticks(low, 1, roundStep(1 - low, 4)).map(at => [at, percent(at)]);
          return framed(svg, scale(low, 1, bottom, top + 4), [low, 1], sides, grid);
        }
        // Seconds, by their ratios; a bound belongs to it where it is not far off.
        function timeFrame(svg, values, bound, sides, [top, bottom]) {
          const over = values.filter(value => value > 0);
          if (!over.length) return framed(svg, () => bottom, [0, 0], sides, [[0, "0\u00a0s"]]);
          let [low, high] = [Math.min(...over), Math.max(...over)];
          if (bound !== null && bound > low / 20 && bound < high * 20)
            [low, high] = [Math.min(low, bound), Math.max(high, bound)];
          [low, high] = [low * .8, high * 1.25];
          const grid = logTicks(low, high, 5).map(at => [at, clean(at)]);
          // A time of 0 has no logarithm, and stands on the ground.
          const place = logScale(low, high, bottom - (over.length < values.length ? 16 : 0), top);
          const frame = framed(svg, place, [low, high], sides, grid);
          if (over.length === values.length) return frame;
          framed(svg, () => bottom, [0, 0], sides, [[0, "0\u00a0s"]]);
          return Object.assign(value => value > 0 ? frame(value) : bottom, frame);
        }
        // A round time without needless digits.
        function clean(seconds) {
          for (const [unit, name] of [[1, "s"], [1e-3, "ms"], [1e-6, "µs"]])
            if (seconds >= unit * .999) return tick(seconds / unit) + "\u00a0" + name;
          return tick(seconds * 1e9) + "\u00a0ns";
        }
        function loadAxis(svg, x, width, y) {
          for (const at of loadTicks(width))
            draw(svg, "text", {x: x(at), y, class: "grey middle"}, tick(at));
        }
        // Systems of one place stand side by side.
        const shift = (index, step) => (index - (names.systems.length - 1) / 2) * step;
        // A line through the points that have the figure; returns where it ends.
        function curve(svg, system, figure, x, frame, kind) {
          const points = system.points.filter(p => p[figure])
            .map(p => [x(p.load), frame(p[figure][0])]);
          if (!points.length) return null;
          draw(svg, "path", {class: `${kind} s${system.colour}`, d: path(points)});
          const [at, y] = points.at(-1);
          return {at, y};
        }
        function intervals(svg, system, index, figure, x, frame) {
          for (const point of system.points) {
            if (!(point[figure]?.length > 1)) continue;
            const at = x(point.load) + shift(index, 2.5);
            draw(svg, "line", {x1: at, x2: at, y1: frame(point[figure][1]),
              y2: frame(point[figure][2]), class: `interval s${system.colour}`});
          }
        }
        function marks(svg, system, figure, x, frame) {
          for (const point of system.points)
            if (point[figure]) markAt(svg, system, point, x(point.load), frame(point[figure][0]));
        }
        // A mark that leads to its point's run; hollow where that may not be used.
        function markAt(svg, system, point, x, y) {
          let parent = svg;
          if (point.link) {
            // Links within an image are heard by nobody.
            svg.setAttribute("role", "group");
            parent = draw(svg, "a", {href: point.link,
              "aria-label": `${system.name} ${tick(point.load)}, its run`});
          }
          draw(parent, "path", {class: (point.usable ? "f" : "h") + system.colour, d: system.shape,
            transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`});
        }
        // Names in the right gutter, moved apart where they would overlap; within a narrow plot.
        function endLabels(svg, ends, right, [top, bottom]) {
          ends.sort((a, b) => a.y - b.y);
          let least = top + 4;
          for (const end of ends) {
            end.place = Math.max(end.y + 4, least);
            least = end.place + 15;
          }
          for (let i = ends.length - 1, most = bottom; i >= 0; i--, most -= 15)
            most = ends[i].place = Math.min(ends[i].place, most);
          const isIn = isNarrow();
          for (const {place, text, colour, kind} of ends)
            draw(svg, "text", {x: isIn ? right : right + 10, y: isIn ? place - 12 : place,
              class: `halo ${kind} f${colour}` + (isIn ? " end" : "")}, cut(text, 17));
        }

        let written = location.hash;
        function writeAddress(fields) {
          const theme = document.documentElement.dataset.theme;
          const parts = Object.entries({...fields, theme})
            .filter(([, value]) => value !== null && value !== undefined)
            .map(([name, value]) => name + "=" + encodeURIComponent(value));
          written = parts.length ? "#" + parts.join("&") : "";
          history.replaceState(null, "", written || location.pathname + location.search);
        }
        function readAddress() {
          const fields = new URLSearchParams(location.hash.slice(1));
          const theme = fields.get("theme");
          if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
          return fields;
        }
        function turnTheme() {
          const root = document.documentElement;
          const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
          const now = root.dataset.theme || (isDark ? "dark" : "light");
          root.dataset.theme = now === "dark" ? "light" : "dark";
        }
        function onView(changed, resize) {
          addEventListener("hashchange", () => { if (location.hash !== written) changed(); });
          let resized = 0;
          addEventListener("resize", () => {
            clearTimeout(resized);
            resized = setTimeout(resize, 120);
          });
        }

        """#
}
