extension LiveScript {
    /// The link to the run: a stream that is followed, and begun again when it drops.
    static let link = #"""
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
