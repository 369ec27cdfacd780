extension LiveScript {
    /// Shows a state: nothing while the page is hidden, and all of it when it is seen again.
    static let show = #"""
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
}
