extension LiveScript {
    /// Puts a state's words into the page, in place where they changed: what is selected stays so.
    static let words = #"""
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
}
