extension PageScript {
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
        // Sections for those who go through them by keys.
        function step(by) {
          const all = [element("top"), ...document.querySelectorAll("section")];
          const bar = isNarrow() ? 0 : element("lens").offsetHeight;
          const edge = node => node.getBoundingClientRect().top - bar;
          const next = by > 0 ? all.find(node => edge(node) > 24)
            : all.findLast(node => edge(node) < -24) ?? all[0];
          if (next) go(next);
        }
        function go(node) {
          const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
          node.tabIndex = -1;
          node.focus({preventScroll: true});
          node.scrollIntoView({behavior: isStill ? "auto" : "smooth"});
        }
        function turnTheme() {
          const root = document.documentElement;
          const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
          const now = root.dataset.theme || (isDark ? "dark" : "light");
          root.dataset.theme = now === "dark" ? "light" : "dark";
          writeAddress();
          drawRaster();
        }
        const span4 = () => (view.to - view.from) / 4;
        const move = by => zoom(view.from + by, view.to + by);
        const keys = [
          [["ArrowLeft", "ArrowRight"], "move the window of time", key =>
            move(key === "ArrowLeft" ? -span4() : span4())],
          [["+", "-"], "look closer, or at more", key => key === "+"
            ? zoom(view.from + span4(), view.to - span4())
            : zoom(view.from - 2 * span4(), view.to + 2 * span4())],
          [["0", "Escape"], "the whole run", () => zoom(0, whole)],
          [["j", "k"], "next section, the one before", key => step(key === "j" ? 1 : -1)],
          [["r"], "requests by node and time", () => go(element("raster"))],
          [["s"], "readers as scored", () => look(null)],
          [["t"], "light or dark", turnTheme],
          [["?"], "these keys", () => showKeys()],
        ];
        const keyNames = {ArrowLeft: "←", ArrowRight: "→", Escape: "Esc"};
        const help = make(document.body, "dialog");
        help.id = "keys";
        help.setAttribute("aria-label", "Keys");
        make(help, "h3", "Keys");
        const keyList = make(help, "dl");
        for (const [which, words] of keys) {
          const term = make(keyList, "dt");
          for (const key of which) make(term, "kbd", keyNames[key] ?? key);
          make(keyList, "dd", words);
        }
        make(help, "p", "Drag over a plot of time to look closer; double-click for the whole run.",
          "read");
        button(help, "Close", "", () => help.close()).autofocus = true;
        const showKeys = () => help.open ? help.close() : help.showModal();
        addEventListener("keydown", event => {
          if (event.target.tagName === "INPUT" || event.ctrlKey || event.metaKey || event.altKey)
            return;
          // An open list of keys takes Esc and Tab for itself.
          if (help.open && event.key !== "?") return;
          const found = keys.find(([which]) => which.includes(event.key));
          if (!found) return;
          event.preventDefault();
          found[2](event.key);
        });
        // Buttons that need the script are made by it.
        const tools = make(document.querySelector(".facts"), "span", undefined, "tools");
        button(tools, "Keys", "csv", showKeys);
        button(tools, "JSON", "csv", () =>
          save("report.json", "application/json", JSON.stringify(everything(), null, 1)));
        for (const text of document.querySelectorAll("pre[data-copy]")) {
          const copy = button(text.parentElement, "Copy", "copy", async () => {
            copy.textContent = await copied(text) ? "Copied" : "Press Ctrl-C";
            setTimeout(() => copy.textContent = "Copy", 2000);
          });
          copy.setAttribute("aria-label", "Copy: " + text.dataset.copy);
        }
        // A page from a file has no clipboard in some browsers: what is selected can be copied.
        async function copied(node) {
          try {
            await navigator.clipboard.writeText(node.textContent);
            return true;
          } catch {
            getSelection().selectAllChildren(node);
            return document.execCommand("copy");
          }
        }

        """#
}
