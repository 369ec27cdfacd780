extension PageScript {
    /// The script of a comparison's page.
    static let compare =
        "(()=>{\"use strict\";\n"
        + [
            data, plot, charts, compareDifferences, compareRanking, compareTimelines,
            compareRequests, compareLatencies, compareStart,
        ].joined() + "})();\n"

    static let compareStart = #"""
        function drawAll() {
          drawDifferences();
          drawRanking();
          drawTimelines();
          drawRequests();
          drawLatencies();
        }
        addEventListener("keydown", event => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const actions = {t: turnTheme, Escape: () => Object.assign(view, {S: null, a: null})};
          if (!actions[event.key]) return;
          event.preventDefault();
          actions[event.key]();
          writeAddress(view);
          drawRanking();
        });
        function readView() {
          const fields = readAddress();
          const number = (name, least, most) => {
            const value = parseFloat(fields.get(name));
            return value >= least && value <= most ? value : null;
          };
          [view.S, view.a] = [number("S", 1, 1000), number("a", 0, 3)];
        }
        readView();
        drawAll();
        onView(() => { readView(); drawRanking(); }, drawAll);

        """#
}
