extension PageScript {
    /// The values of the charts, as files: a CSV each, and all of them as JSON.
    static let table = #"""
        function csv(rows) {
          const quoted = value => {
            const text = String(value);
            return /^[\w .%+-]*$/.test(text) ? text
              : '"' + (/^[=@]/.test(text) ? "'" : "") + text.replaceAll('"', '""') + '"';
          };
          return rows.map(row => row.map(quoted).join(",") + "\n").join("");
        }
        const requestTable = () => [["request", "node", "class", "scheduled s", "first token s",
          "finish s", "tokens", "outcome", "wait s"]].concat(drawn.map(r => [r.id,
            names.agents[r.agent], names.classes[r.kind].name, r.at.toFixed(6),
            r.delivered ? r.first.toFixed(6) : "", r.finish.toFixed(6), r.delivered, r.outcome,
            idle(r, readerOf(r.kind).time).toFixed(6)]));
        const stripTable = () => [["node", "from s", "to s", "tokens", "share lost"]].concat(
          stripRows().flatMap(({strip}) => lostShares(strip).map((share, bin) =>
            [names.agents[strip.agent], bin * bins.width,
              Math.min(whole, (bin + 1) * bins.width), strip.delivered[bin], +share.toFixed(4)])));
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
          servers: () => [["server", "at s", "running", "waiting", "cache"]].concat(
            names.servers.flatMap(server => server.at.map((at, i) => [server.name, at,
              server.running[i] ?? "", server.waiting[i] ?? "", server.cache[i] ?? ""]))),
          raster: () => strips.length ? stripTable() : requestTable(),
        };
        function save(name, kind, text) {
          const link = document.createElement("a");
          link.href = URL.createObjectURL(new Blob([text], {type: kind}));
          link.download = name;
          link.click();
          setTimeout(() => URL.revokeObjectURL(link.href), 10000);
        }
        function button(parent, text, kind, act) {
          const made = make(parent, "button", text, kind);
          made.type = "button";
          made.onclick = act;
          return made;
        }
        for (const name in tables)
          if (element(name)) button(element(name).querySelector("header"), "CSV", "csv",
            () => save(name + ".csv", "text/csv", csv(tables[name]())))
            .setAttribute("aria-label", "CSV of " + name);
        // All that the page shows, through its lens: the drawn charts and the CSVs of the others.
        function everything() {
          const charts = {requests: requestTable()};
          for (const name in tables) if (element(name)) charts[name] = tables[name]();
          for (const link of document.querySelectorAll("a.csv"))
            charts[link.closest("section").id] = decodeURIComponent(
              link.href.slice(link.href.indexOf(",") + 1)).trimEnd().split("\n").map(fields);
          const sampled = isSampled ? {requests_shown: drawn.length, one_in: names.every} : {};
          return {run: names.run, finding: document.querySelector("h1").textContent, ...sampled,
            reader: view.reader ?? names.classes, throughput, smooth_goodput: smooth(), charts};
        }
        function fields(line) {
          const found = line.match(/("([^"]|"")*"|[^,]*)(,|$)/g).slice(0, -1);
          return found.map(text => text.replace(/,$/, "")).map(text =>
            text[0] === '"' ? text.slice(1, -1).replaceAll('""', '"')
              : text !== "" && Number.isFinite(+text) ? +text : text);
        }

        """#
}
