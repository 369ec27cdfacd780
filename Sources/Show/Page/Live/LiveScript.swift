/// The live page's script, in the order in which its parts stand in the file.
enum LiveScript {
    static let source =
        "(()=>{\"use strict\";\n"
        + [PageScript.plot, words, drawings, servers, link].joined()
        + "})();\n"

    /// Puts a state's words into the page, in place where they changed: what is selected stays so.
    private static let words = #"""
        const view = {from: 0, to: 1};
        let shown = null;
        function say(id, text) {
          const node = element(id);
          if (node.textContent !== text) node.textContent = text;
        }
        // Rows of cells, each a text, its class and, where there is one, its name in small grey.
        function fill(id, rows) {
          const table = element(id), body = table.tBodies[0];
          table.hidden = !rows.length;
          while (body.rows.length > rows.length) body.deleteRow(-1);
          rows.forEach((cells, r) => {
            const row = body.rows[r] ?? body.insertRow();
            cells.forEach(([text, kind, name], c) => {
              const cell = row.cells[c] ?? make(row, c ? "td" : "th");
              if (cell.textContent !== text + (name ?? "")) {
                cell.textContent = text;
                if (name) make(cell, "small", name);
              }
              if (cell.className !== kind) cell.className = kind;
            });
          });
        }
        function pairs(id, rows) {
          const list = element(id);
          if (list.children.length !== 2 * rows.length) {
            list.replaceChildren();
            for (const _ of rows) { make(list, "dt"); make(list, "dd"); }
          }
          rows.flat().forEach((text, i) => {
            const node = list.children[i];
            if (node.textContent !== text) node.textContent = text;
          });
        }
        function showWords(state) {
          const facts = element("facts");
          if (facts.children.length !== state.facts.length + 1) {
            facts.replaceChildren();
            for (const _ of state.facts) make(facts, "span");
            const button = make(facts, "button", "JSON", "csv");
            button.type = "button";
            button.onclick = () => save("live.json", JSON.stringify(shown, null, 2));
          }
          state.facts.forEach((fact, i) => facts.children[i].textContent = fact);
          say("headline", state.headline);
          say("word", state.word);
          say("rest", state.rest);
          element("rates").hidden = !state.bar;
          if (state.bar) {
            for (const id of ["smooth", "lost", "throughput"]) say(id, state.bar[id]);
            element("kept").style.width = 100 * state.bar.kept + "%";
            element("gone").style.width = 100 * (1 - state.bar.kept) + "%";
          }
          pairs("brackets", state.brackets);
          fill("latencies", state.latencies.map(([words, name, cells]) =>
            [[words + " ", "", name],
              ...cells.map(([text, broken]) => [text, broken ? "red" : ""])]));
          element("agents").hidden = !state.agents;
          if (!state.agents) return;
          say("finding-agents", state.agents.finding);
          say("more", state.agents.more);
          fill("rows", state.agents.rows.map(cells => cells.map((text, i) =>
            [text, i === cells.length - 1 && text !== "working" ? "red" : ""])));
        }
        function save(name, text) {
          const link = document.createElement("a");
          link.href = URL.createObjectURL(new Blob([text], {type: "text/plain"}));
          link.download = name;
          link.click();
          setTimeout(() => URL.revokeObjectURL(link.href), 10000);
        }

        """#

    /// The timeline: axes as long as the plan, and a line where the run is.
    private static let drawings = #"""
        // Steps of at least 9 px: on a narrow page several of them are one.
        function rows(state, width) {
          const {delivered, earned, width: step} = state.timeline;
          const least = 9 * state.length / width / step;
          const join = [1, 2, 5, 10, 20, 50, 100].find(k => k >= least * .99) ?? 200;
          const all = [];
          for (let i = 0; i < delivered.length; i += join) {
            const sum = list => list.slice(i, i + join).reduce((a, b) => a + b, 0);
            // The step that still grows counts up to the last whole second, once there is one.
            const from = i * step, whole = state.phase === "running" ? Math.floor(state.now)
              : Math.ceil(state.now);
            const to = Math.min((i + join) * step, whole), lasted = to - from;
            if (lasted < 1) continue;
            all.push({from, to: Math.min(to, state.length), all: sum(delivered) / lasted,
              kept: sum(earned) / lasted});
          }
          return all;
        }
        function nowLine(svg, x, [left, right], top, bottom, at, isNamed) {
          const place = Math.min(right, x(at));
          draw(svg, "line", {x1: place, x2: place, y1: top, y2: bottom, class: "now"});
          if (!isNamed) return;
          const isLast = place > right - 34;
          draw(svg, "text", {x: place + (isLast ? -5 : 5), y: top + 11,
            class: "accent halo" + (isLast ? " end" : "")}, "now");
        }
        function drawTimeline(state) {
          const parent = element("plot-timeline");
          parent.replaceChildren();
          say("finding-timeline", state.timeline.finding);
          const width = parent.clientWidth, height = 270, [gutter, margin] = gutters();
          const left = gutter, right = width - margin, bottom = height - 26;
          const svg = picture(parent, width, height, "Throughput and smooth goodput by time");
          const all = rows(state, right - left);
          const most = Math.max(1, ...all.map(row => row.all)) * 1.05;
          const floor = Math.max(-most / 2, Math.min(0, ...all.map(row => row.kept)));
          const x = scale(0, state.length, left, right), y = scale(floor, most, bottom, 20);
          draw(svg, "text", {x: left - 6, y: 10, class: "grey end"}, "tok/s");
          for (const at of ticks(floor, most, roundStep(most - floor, 5))) {
            draw(svg, "line", {x1: left, x2: right, y1: y(at), y2: y(at),
              class: Math.abs(at) < 1e-9 ? "zero" : "rule"});
            draw(svg, "text", {x: left - 6, y: y(at) + 4, class: "grey end"},
              String(+at.toPrecision(6)).replace("-", "\u2212"));
          }
          const clip = value => Math.max(floor, value);
          const area = (kind, low, high) => {
            const ends = value => all.flatMap(row => [row.from, row.to].map(at =>
              [x(at), y(value(row))]));
            if (all.length) draw(svg, "path", {class: kind,
              d: path(ends(high).concat(ends(low).reverse())) + "Z"});
          };
          area("kept-area", () => 0, row => Math.max(0, Math.min(row.kept, row.all)));
          area("lost-area", row => clip(Math.min(row.kept, row.all)), row => row.all);
          if (all.length) draw(svg, "path", {class: "outline", d: path(all.flatMap(row =>
            [[x(row.from), y(row.all)], [x(row.to), y(row.all)]]))});
          timeAxis(svg, x, right - left, height - 6);
          if (state.phase === "running")
            nowLine(svg, x, [left, right], 20, bottom, state.now, true);
          if (!isNarrow()) {
            draw(svg, "text", {x: right + 10, y: 30}, "throughput");
            draw(svg, "rect", {x: right + 10, y: 39, width: 9, height: 9, class: "lost-area"});
            draw(svg, "text", {x: right + 24, y: 48, class: "grey"}, "waiting");
            draw(svg, "text", {x: right + 10, y: 70, class: "accent"}, "smooth goodput");
          }
          svg.onpointermove = event => {
            const at = (event.clientX - svg.getBoundingClientRect().left - left)
              / (right - left) * state.length;
            const row = all.find(row => at >= row.from && at < row.to);
            say("point-timeline", row ? `${clock(row.from)} to ${clock(row.to)}: `
              + `${short(row.kept)} of ${short(row.all)} tok/s smooth` : "");
          };
        }

        """#

    /// Servers' queues on the same axis, a strip each.
    private static let servers = #"""
        function drawServers(state) {
          const parent = element("plot-servers"), list = state.servers.list;
          parent.replaceChildren();
          say("finding-servers", state.servers.finding);
          say("more-servers", state.servers.more);
          const strip = 60, width = parent.clientWidth, [left, margin] = gutters();
          const right = width - margin, height = list.length * (strip + 14) + 22;
          const svg = picture(parent, width, height, "Load of servers by time");
          const x = scale(0, state.length, left, right);
          list.forEach((server, index) =>
            drawServer(svg, server, x, [left, right], index * (strip + 14) + 4, strip, state));
          timeAxis(svg, x, right - left, height - 5);
        }
        function drawServer(svg, server, x, [left, right], top, strip, state) {
          // A step without an answer shows what was told before it.
          const kept = list => {
            let last = 0;
            return list.map(value => last = value ?? last);
          };
          const running = kept(server.running), waiting = kept(server.waiting);
          const cache = kept(server.cache), both = running.map((value, i) => value + waiting[i]);
          const most = Math.max(1, ...both);
          const y = scale(0, most, top + strip, top), share = scale(0, 1, top + strip, top);
          const steps = (place, list) => list.flatMap((value, i) =>
            [i, i + 1].map(k => [Math.min(right, x(Math.min(k * server.width,
              Math.max(state.now, i * server.width)))), place(value)]));
          const area = (kind, low, high) => {
            if (high.length) draw(svg, "path", {class: kind,
              d: path(steps(y, high).concat(steps(y, low).reverse())) + "Z"});
          };
          area("kept-area", running.map(() => 0), running);
          area("waiting-area", running, both);
          if (server.cache.some(value => value !== null))
            draw(svg, "path", {class: "cache", d: path(steps(share, cache))});
          draw(svg, "line", {x1: left, x2: right, y1: top + strip, y2: top + strip, class: "zero"});
          draw(svg, "text", {x: left - 6, y: top + 10, class: "grey end"}, String(most));
          if (state.phase === "running")
            nowLine(svg, x, [left, right], top, top + strip, state.now, false);
          draw(svg, "text", {x: isNarrow() ? left + 4 : right + 10, y: top + 11, class: "halo"},
            server.name.slice(0, 16));
        }
        function show(state) {
          shown = state;
          if (document.hidden) return;
          view.to = state.length;
          document.title = `${state.facts[1]}: ${state.word.toLowerCase()}`;
          showWords(state);
          element("timeline").hidden = !state.timeline;
          if (state.timeline) drawTimeline(state);
          element("servers").hidden = !state.servers;
          if (state.servers) drawServers(state);
        }
        element("csv-timeline").onclick = () => {
          const {width, delivered, earned} = shown.timeline;
          save("timeline.csv", "from s,to s,delivered tokens,earned tokens\n" + delivered.map(
            (tokens, i) => `${i * width},${(i + 1) * width},${tokens},${earned[i]}\n`).join(""));
        };
        const again = () => shown && show(shown);
        document.addEventListener("visibilitychange", again);
        let resized = 0;
        addEventListener("resize", () => {
          clearTimeout(resized);
          resized = setTimeout(again, 120);
        });

        """#

    /// The link to the run: a stream that is followed, and begun again when it drops.
    private static let link = #"""
        const token = new URLSearchParams(location.hash.slice(1)).get("token");
        const headers = token ? {authorization: "Bearer " + token} : {};
        const patience = 10000, retry = 2000;
        let lostAt = 0;
        function told(words) {
          element("link").hidden = !words;
          say("link", words);
        }
        async function follow() {
          const stop = new AbortController();
          let watch = setTimeout(() => stop.abort(), patience);
          try {
            const answer = await fetch("events", {headers, cache: "no-store", signal: stop.signal});
            if (!answer.ok) return {refusal: answer.status, words: await answer.text()};
            const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
            let rest = "";
            for (;;) {
              const {value, done} = await reader.read();
              if (done) return {};
              clearTimeout(watch);
              watch = setTimeout(() => stop.abort(), patience);
              const events = (rest + value).split("\n\n");
              rest = events.pop();
              // The newest alone: those before it are history.
              const last = events.findLast(event => event.startsWith("data: "));
              if (!last) continue;
              lostAt = 0;
              told("");
              show(JSON.parse(last.slice(6)));
              if (shown.phase === "ended") return {};
            }
          } catch {
            return {};
          } finally {
            clearTimeout(watch);
            stop.abort();
          }
        }
        async function end() {
          if (!shown.report) return;
          try {
            const answer = await fetch("report.html", {headers, cache: "no-store"});
            if (!answer.ok) return;
            const page = await answer.text();
            // The report takes this page's place: nothing of it is left.
            document.open();
            document.write(page);
            document.close();
          } catch {
            told("The report is in the run’s folder; the run’s process has ended.");
          }
        }
        async function stay() {
          for (;;) {
            const {refusal, words} = await follow();
            if (shown?.phase === "ended") return end();
            if (refusal === 401) {
              say("headline", "This run is shown to those with its token.");
              return told(words);
            }
            lostAt ||= Date.now();
            const span = Math.round((Date.now() - lostAt) / 1000);
            const since = span < 10 ? "" : ` It has been for ${clock(span)}: if legato has ended, `
              + "its results are in the folder that it printed.";
            told(refusal ? words + " Asked again every 2 s."
              : "The link to the run is lost; tried again every 2 s." + since);
            await new Promise(next => setTimeout(next, retry));
          }
        }
        stay();

        """#
}
