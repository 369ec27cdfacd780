extension PageScript {
    /// Pointing at the surface says what a reader there keeps, and a click looks through that one.
    static let surface = #"""
        const plane = document.querySelector("#surface svg");
        function readerAt(event) {
          const box = plane.getBoundingClientRect();
          const ratio = plane.viewBox.baseVal.width / box.width;
          const [left, right, top, bottom, low, high] = plane.dataset.frame.split(" ").map(Number);
          const x = (event.clientX - box.left) * ratio, y = (event.clientY - box.top) * ratio;
          if (x < left || x > right || y < top || y > bottom) return null;
          const step = stepOf(low * (high / low) ** ((x - left) / (right - left)));
          const alpha = 3 * (bottom - y) / (bottom - top);
          return {speed: speedOf(step), alpha: Math.round(alpha / .05) * .05};
        }
        function keptBy(reader) {
          const before = view.reader;
          view.reader = reader;
          const value = smooth();
          view.reader = before;
          return value;
        }
        if (plane) {
          const words = element("point-surface");
          plane.addEventListener("pointermove", event => {
            const reader = readerAt(event);
            if (!reader) return words.textContent = "";
            const value = keptBy(reader);
            words.textContent = `${+reader.speed.toPrecision(4)} tokens/s, `
              + `α ${reader.alpha.toFixed(2)}`
              + `: ${short(value)} of ${short(throughput)} tok/s smooth, `
              + `${percent(value / throughput)} kept`;
          });
          plane.addEventListener("click", event => {
            const reader = readerAt(event);
            if (reader) look({speed: reader.speed, alpha: +reader.alpha.toFixed(2)});
          });
        }

        """#
}
