extension PageScript {
    /// Figures, axes and pieces of drawings. Names become text nodes, never markup.
    static let plot = #"""
        function short(value) {
          const size = Math.abs(value);
          const text = size === 0 ? "0"
            : value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
          return text.replace("-", "\u2212");
        }
        function span(seconds) {
          const size = Math.abs(seconds);
          if (size === 0) return "0\u00a0s";
          if (size < .9995e-3) return short(seconds * 1e6) + "\u00a0µs";
          return size < .9995 ? short(seconds * 1e3) + "\u00a0ms" : short(seconds) + "\u00a0s";
        }
        function clock(seconds, step = 1) {
          const minutes = Math.floor(seconds / 60 + 1e-9);
          const rest = Math.max(0, seconds - 60 * minutes);
          const digits = step >= 1 ? 0 : Math.ceil(-Math.log10(step) - 1e-9);
          return minutes + ":" + rest.toFixed(digits).padStart(digits ? digits + 3 : 2, "0");
        }
        const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
        function timeStep(length, most) {
          const step = length < 5 ? 0 : steps.find(s => length / s <= most);
          return step || roundStep(length, most);
        }
        function roundStep(length, most) {
          for (let power = 10 ** Math.floor(Math.log10(length / most)); ; power *= 10)
            for (const factor of [1, 2, 5])
              if (length / (factor * power) <= most) return factor * power;
        }
        function ticks(from, to, step) {
          const found = [];
          for (let k = Math.ceil(from / step - 1e-9); k * step <= to + step * 1e-9; k++)
            found.push(k * step);
          return found;
        }
        const scale = (from, to, left, right) =>
          value => left + (value - from) / (to - from || 1) * (right - left);
        function draw(parent, name, attributes = {}, text) {
          const node = document.createElementNS("http://www.w3.org/2000/svg", name);
          for (const key in attributes) node.setAttribute(key, attributes[key]);
          if (text !== undefined) node.textContent = text;
          parent.appendChild(node);
          return node;
        }
        const element = id => document.getElementById(id);
        function make(parent, name, text, kind) {
          const node = document.createElement(name);
          if (text !== undefined) node.textContent = text;
          if (kind) node.className = kind;
          parent.appendChild(node);
          return node;
        }
        const path = points =>
          points.map(([x, y], i) => (i ? "L" : "M") + x.toFixed(1) + " " + y.toFixed(1)).join("");
        // Whoever cannot see it hears its label and the section's finding.
        function picture(parent, width, height, label) {
          const finding = parent.closest("section")?.querySelector("h2")?.textContent ?? "";
          return draw(parent, "svg",
            {width, height, role: "img", "aria-label": `${label}. ${finding}`});
        }
        // A line of at most 66 characters is read; plots of time share their gutters.
        const isNarrow = () => innerWidth <= 620;
        const gutters = () => isNarrow() ? [38, 10] : [52, 112];
        function timeAxis(svg, x, width, y) {
          const step = timeStep(view.to - view.from, width / 90);
          for (const at of ticks(view.from, view.to, step))
            draw(svg, "text", {x: x(at), y, class: "grey middle"}, clock(at, step));
        }

        """#
}
