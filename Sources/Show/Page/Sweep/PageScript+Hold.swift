extension PageScript {
    /// Pointing at a load: one hairline through all plots, its figures in words, its rows marked.
    static let sweepHands = #"""
        const view = {at: null};
        const rows = [...document.querySelectorAll("tr[data-load]")];
        function holdable(svg, x, [left, right], [top, bottom]) {
          const plot = {svg, x, top, bottom, hair: null};
          held.push(plot);
          const nearest = event => {
            const at = event.clientX - svg.getBoundingClientRect().left;
            if (at < left - 8 || at > right + 8) return null;
            return loads.reduce((best, load) =>
              Math.abs(x(load) - at) < Math.abs(x(best) - at) ? load : best);
          };
          svg.addEventListener("pointermove", event => hold(nearest(event) ?? view.at));
          svg.addEventListener("pointerleave", () => hold(view.at));
          svg.addEventListener("click", event => {
            const load = nearest(event);
            view.at = load === view.at ? null : load;
            writeView();
            hold(view.at);
          });
        }
        function hold(load) {
          for (const plot of held) {
            plot.hair?.remove();
            plot.hair = load === null ? null : draw(plot.svg, "line", {x1: plot.x(load),
              x2: plot.x(load), y1: plot.top, y2: plot.bottom, class: "hair"});
          }
          for (const row of rows) row.classList.toggle("at", +row.dataset.load === load);
          element("point-curves").textContent = load === null ? "" : loadWords(load);
        }
        function loadWords(load) {
          return load + names.unit + " " + (names.unit ? "" : names.words + " ") + "— "
            + systems.flatMap(system => {
              const point = system.points.find(p => p.load === load);
              if (!point?.smooth || !point.throughput) return [];
              const first = names.panels.find(p => p.figure.startsWith("ttft"));
              const time = first && point[first.figure];
              return [(system.name ? system.name + ": " : "") + `${short(point.smooth[0])} of `
                + `${short(point.throughput[0])} tok/s smooth`
                + (point.kept ? `, ${percent(point.kept[0])} kept` : "")
                + (time ? `, ${first.title.toLowerCase()} ${span(time[0])}` : "")
                + (point.usable ? "" : " (may not be used)")];
            }).join("; ");
        }
        function drawAll() {
          held = [];
          drawCurves();
          drawBreaks();
          drawFrontier();
          hold(view.at);
        }
        addEventListener("keydown", event => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const move = by => {
            const place = loads.indexOf(view.at);
            view.at = loads[place < 0 ? (by > 0 ? 0 : loads.length - 1)
              : Math.min(loads.length - 1, Math.max(0, place + by))];
          };
          const actions = {ArrowLeft: () => move(-1), ArrowRight: () => move(1),
            Escape: () => view.at = null, t: turnTheme};
          if (!actions[event.key]) return;
          event.preventDefault();
          actions[event.key]();
          writeView();
          hold(view.at);
        });
        function writeView() { writeAddress({at: view.at}); }
        function readView() {
          const at = parseFloat(readAddress().get("at"));
          view.at = loads.includes(at) ? at : null;
        }
        readView();
        if (loads.length) drawAll();
        onView(() => { readView(); hold(view.at); }, () => { if (loads.length) drawAll(); });

        """#
}
