extension PageScript {
    /// The values of a drawn chart, as a file.
    static let table = #"""
        function csv(rows) {
          const quoted = value => {
            const text = String(value);
            return /^[\w .%+-]*$/.test(text) ? text
              : '"' + (/^[=@]/.test(text) ? "'" : "") + text.replaceAll('"', '""') + '"';
          };
          return rows.map(row => row.map(quoted).join(",") + "\n").join("");
        }
        const tables = {
          timeline: () => [["from s", "to s", "throughput", "smooth", ...names.causes]]
            .concat(timelineRows().map(row =>
              [row.from, row.to, row.all, row.kept, ...row.causes].map(v => +v.toFixed(3)))),
          readers: () => [["reader", "request", "seconds", "tokens delivered"]]
            .concat(picked().flatMap((index, rank) => {
              let sum = 0;
              const whose = ["median", "one in twenty", "worst"][rank], {id} = requests[index];
              return arrivals(requests[index]).map(([time, count]) =>
                [whose, id, time, sum += count]);
            })),
          raster: () => [["request", "node", "class", "scheduled s", "first token s", "finish s",
            "tokens", "outcome", "wait s"]].concat(requests.map(r => [r.id, names.agents[r.agent],
              names.classes[r.kind].name, r.at.toFixed(6), r.delivered ? r.first.toFixed(6) : "",
              r.finish.toFixed(6), r.delivered, r.outcome,
              idle(r, readerOf(r.kind).time).toFixed(6)])),
        };
        for (const name in tables) {
          const button = make(element(name).querySelector("header"), "button", "CSV", "csv");
          button.type = "button";
          button.onclick = () => {
            const link = document.createElement("a");
            link.href = URL.createObjectURL(new Blob([csv(tables[name]())], {type: "text/csv"}));
            link.download = name + ".csv";
            link.click();
            setTimeout(() => URL.revokeObjectURL(link.href), 10000);
          };
        }

        """#

    /// Pointing, zoom, keys: one window of time for all plots.
    static let hands = #"""
        // Calls `say` with the time and the height pointed at; a drag sets the window.
        function pointable(svg, x, [left, right], [top, bottom], say) {
          const box = () => svg.getBoundingClientRect();
          const timeAt = place => scale(left, right, view.from, view.to)(
            Math.min(right, Math.max(left, place)));
          let begin = null, hair = null, band = null;
          svg.addEventListener("pointermove", event => {
            const at = event.clientX - box().left;
            hair?.remove();
            hair = null;
            if (at < left || at > right) return say(-1, -1);
            hair = draw(svg, "line", {x1: at, x2: at, y1: top, y2: bottom, class: "hair"});
            say(timeAt(at), event.clientY - box().top);
            if (begin === null) return;
            band ??= draw(svg, "rect", {y: top, height: bottom - top, class: "drag"});
            band.setAttribute("x", Math.max(left, Math.min(begin, at)));
            band.setAttribute("width", Math.abs(at - begin));
          });
          svg.addEventListener("pointerdown", event => {
            if (event.pointerType === "touch" || event.button) return;
            begin = event.clientX - box().left;
            svg.setPointerCapture(event.pointerId);
          });
          svg.addEventListener("pointerup", event => {
            const end = event.clientX - box().left, from = begin;
            begin = null;
            band?.remove();
            band = null;
            if (from !== null && Math.abs(end - from) > 5)
              zoom(timeAt(Math.min(from, end)), timeAt(Math.max(from, end)));
          });
          svg.addEventListener("pointerleave", () => { hair?.remove(); hair = null; });
          svg.addEventListener("dblclick", () => zoom(0, whole));
        }
        function zoom(from, to) {
          const length = Math.min(whole, Math.max(.01, to - from));
          view.from = Math.min(Math.max(0, from), whole - length);
          view.to = view.from + length;
          writeAddress();
          drawTimes();
        }
        addEventListener("keydown", event => {
          if (event.target.tagName === "INPUT" || event.ctrlKey || event.metaKey || event.altKey)
            return;
          const length = view.to - view.from, move = by => zoom(view.from + by, view.to + by);
          const actions = {
            ArrowLeft: () => move(-length / 4), ArrowRight: () => move(length / 4),
            "+": () => zoom(view.from + length / 4, view.to - length / 4),
            "-": () => zoom(view.from - length / 2, view.to + length / 2),
            Escape: () => zoom(0, whole), 0: () => zoom(0, whole), r: () => look(null),
            t: () => {
              const root = document.documentElement;
              const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
              const now = root.dataset.theme || (isDark ? "dark" : "light");
              root.dataset.theme = now === "dark" ? "light" : "dark";
              drawRaster();
            },
          };
          if (!actions[event.key]) return;
          event.preventDefault();
          actions[event.key]();
        });

        """#
}
