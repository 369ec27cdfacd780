extension PageScript {
    /// The lane of each request: the lowest free one of its node.
    static let lanes = #"""
        // Values with the least one at hand: a binary heap.
        function heap(isBefore) {
          const items = [];
          const swap = (a, b) => [items[a], items[b]] = [items[b], items[a]];
          return {
            get least() { return items[0]; },
            push(item) {
              let at = items.push(item) - 1;
              for (let up; at && isBefore(items[at], items[up = (at - 1) >> 1]); at = up)
                swap(at, up);
            },
            pop() {
              const least = items[0], last = items.pop();
              if (items.length) items[0] = last;
              for (let at = 0, down; (down = 2 * at + 1) < items.length; at = down) {
                if (down + 1 < items.length && isBefore(items[down + 1], items[down])) down++;
                if (!isBefore(items[down], items[at])) break;
                swap(at, down);
              }
              return least;
            },
          };
        }
        // How many lanes each node takes.
        const laneCounts = names.agents.map(() => 0);
        function dealLanes() {
          const busy = names.agents.map(() => heap((a, b) => a.end < b.end));
          const free = names.agents.map(() => heap((a, b) => a < b));
          for (const r of [...drawn].sort((a, b) => a.at - b.at)) {
            const open = busy[r.agent], idle = free[r.agent];
            while (open.least && open.least.end <= r.at) idle.push(open.pop().lane);
            r.lane = idle.least === undefined ? laneCounts[r.agent]++ : idle.pop();
            open.push({lane: r.lane, end: r.at + r.finish});
          }
        }
        if (!strips.length) dealLanes();

        """#
}
