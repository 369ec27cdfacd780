extension PageScript {
    /// The lens bar, the address, and the first drawing.
    static let start = #"""
        const speed = element("speed"), alpha = element("alpha");
        // Sums of a sampled page are known at the steps of the slider alone.
        const atStep = reader => isSampled && reader
          ? {...reader, speed: speedOf(stepOf(reader.speed))} : reader;
        const scored = names.classes[0];
        const drawTimes = () => { drawTimeline(); drawServers(); drawRaster(); };
        function showLens() {
          const reader = view.reader ?? scored;
          speed.value = stepOf(reader.speed);
          alpha.value = Math.round(reader.alpha / .05);
          const differ = value => !view.reader
            && names.classes.some(each => each[value] !== scored[value]);
          const words = (value, digits) => differ(value) ? "by class" : digits;
          element("speed-value").value = words("speed", +reader.speed.toPrecision(4) + "/s");
          element("alpha-value").value = words("alpha", reader.alpha.toFixed(2));
          const value = smooth();
          const result = element("result");
          result.dataset.smooth = value;
          result.replaceChildren();
          make(result, "b", short(value));
          const whose = view.reader ? "" : ", as scored";
          result.append(` of ${short(throughput)} tok/s smooth${whose}`);
          element("reset").hidden = !view.reader;
          document.documentElement.classList.toggle("other", Boolean(view.reader));
          showBar(value);
          showFindings(value);
        }
        // Findings that the lens changes; all others are of the readers as scored, and dimmed.
        const findings = ["readers", "timeline", ...(strips.length ? ["raster"] : [])].map(id => {
          const node = element(id).querySelector("h2");
          return {node, scored: node.textContent};
        });
        const barWords = ["kept", "lost"].map(id => {
          const node = element(id);
          return {node, scored: node?.textContent};
        });
        function showFindings(value) {
          const reader = view.reader, all = picked().map(index => requests[index]);
          const words = reader ? [readersFinding(all),
            `At ${+reader.speed.toPrecision(4)} tokens/s `
            + `and α = ${reader.alpha}, ${short(throughput - value)} of ${short(throughput)} tok/s `
            + "are lost.", strips.length ? stripsFinding() : undefined] : [];
          findings.forEach(({node, scored}, i) => node.textContent = words[i] ?? scored);
          const bar = reader ? [`smooth goodput ${value.toFixed(2).replace("-", "\u2212")} tok/s`,
            "lost " + short(throughput - value)] : [];
          barWords.forEach(({node, scored}, i) => {
            if (node) node.textContent = bar[i] ?? scored;
          });
        }
        function stripsFinding() {
          const rows = stripRows(), many = rows.filter(row => row.share > .01).length;
          const worst = `${names.agents[rows[0].strip.agent]} would lose ${percent(rows[0].share)}`;
          return many ? `${many} of ${names.agents.length} nodes would lose more than 1\u00a0%; `
            + `${worst}, the most.` : `No node would lose more than 1\u00a0%; ${worst}.`;
        }
        function readersFinding(all) {
          if (!all.length) return findings[0].scored;
          const waits = all.map(r => idle(r, readerOf(r.kind).time));
          const worst = waits[waits.length - 1];
          if (!worst) return "No such reader waited.";
          return (waits[0] ? `The median reader would wait ${span(waits[0])}` : "Most never wait")
            + `; the worst sits idle for ${span(worst)}.`;
        }
        function showBar(value) {
          const bar = element("bar");
          if (!bar || !(throughput > 0)) return;
          const lost = losses().map(row => row.reduce((sum, part) => sum + part, 0));
          const sum = lost.reduce((all, part) => all + part, 0) || 1;
          const interval = bar.querySelector("s");
          bar.replaceChildren();
          const piece = (kind, share) => {
            make(bar, "i", undefined, kind).style.width =
              100 * Math.min(1, Math.max(0, share)) + "%";
          };
          const kept = Math.max(0, value / throughput);
          piece("kept", kept);
          lost.forEach((part, i) =>
            piece("cause " + names.causes[i], Math.max(0, 1 - kept) * part / sum));
          if (interval) { interval.hidden = Boolean(view.reader); bar.append(interval); }
        }
        let later = 0;
        function look(reader) {
          view.reader = atStep(reader);
          writeAddress();
          showLens();
          drawTimeline();
          clearTimeout(later);
          later = setTimeout(() => { drawReaders(); drawRaster(); }, 120);
        }
        const slid = () =>
          look({speed: speedOf(+speed.value), alpha: +(alpha.value * .05).toFixed(2)});
        speed.oninput = alpha.oninput = slid;
        element("reset").onclick = () => look(null);

        let written = "";
        function writeAddress() {
          const parts = [];
          if (view.reader)
            parts.push("S=" + +view.reader.speed.toPrecision(6), "a=" + view.reader.alpha);
          if (view.from > 0 || view.to < whole)
            parts.push("t=" + +view.from.toFixed(3) + "-" + +view.to.toFixed(3));
          const theme = document.documentElement.dataset.theme;
          if (theme) parts.push("theme=" + theme);
          written = parts.length ? "#" + parts.join("&") : "";
          history.replaceState(null, "", written || location.pathname + location.search);
        }
        function readAddress() {
          const fields = new URLSearchParams(location.hash.slice(1));
          const number = (name, least) => {
            const value = parseFloat(fields.get(name));
            return Number.isFinite(value) && value >= least ? value : null;
          };
          const [S, a] = [number("S", 1e-3), number("a", 0)];
          view.reader = S === null && a === null ? null
            : atStep({speed: S ?? scored.speed, alpha: a ?? scored.alpha});
          const theme = fields.get("theme");
          if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
          const window = /^([\d.]+)-([\d.]+)$/.exec(fields.get("t") ?? "");
          [view.from, view.to] = window && +window[2] > +window[1] && +window[1] < whole
            ? [+window[1], Math.min(whole, +window[2])] : [0, whole];
        }
        function drawAll() {
          showLens();
          drawReaders();
          drawTimes();
        }
        addEventListener("hashchange", () => {
          if (location.hash === written) return;
          readAddress();
          drawAll();
          element("timeline").scrollIntoView();
        });
        let resized = 0;
        addEventListener("resize", () => {
          clearTimeout(resized);
          resized = setTimeout(drawAll, 120);
        });
        matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawRaster);
        // Paper has its own width, and is light.
        for (const [name, isOn] of [["beforeprint", true], ["afterprint", false]])
          addEventListener(name, () => {
            document.documentElement.classList.toggle("printing", isOn);
            drawAll();
          });
        readAddress();
        if (requests.length && whole > 0) {
          element("lens").hidden = false;
          drawAll();
          checkSums();
        }
        // The sum by hulls and the sum by causes are made of different numbers, and must agree.
        function checkSums() {
          const lost = losses().flat().reduce((sum, value) => sum + value, 0) / whole;
          const apart = Math.abs(throughput - lost - smooth());
          const line = make(document.querySelector("main"), "p",
            `This page checked itself: by hulls and by causes smooth goodput differs by `
            + `${apart.toExponential(1)} tok/s.`, "read");
          line.id = "check";
          line.dataset.apart = apart;
        }

        """#
}
