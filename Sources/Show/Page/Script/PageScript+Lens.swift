extension PageScript {
    /// Scores the run for any reader, from hulls: the arithmetic of `Goodput` and `Loss`.
    static let lens = #"""
        // The lens: nobody, so that each class has its own reader, or one reader for all.
        const view = {reader: null, from: 0, to: whole};
        const speedOf = step => 10 ** (step / 20);
        const stepOf = speed => Math.min(60, Math.max(0, Math.round(20 * Math.log10(speed))));
        function tokenTime(speed) {
          const time = 1e9 / speed, round = Math.round(time);
          return Math.max(1, round - time === .5 && round % 2 ? round - 1 : round) / names.unit;
        }
        function readerOf(kind) {
          const own = names.classes[kind];
          const reader = {...own, ...view.reader};
          return {...reader, time: tokenTime(reader.speed)};
        }
        // Idle time in seconds: the last vertex that the hull reaches more steeply than is read.
        function idle(r, time) {
          let low = r.hullBegin, high = r.hullEnd - 1;
          if (high < low) return 0;
          while (low < high) {
            const middle = (low + high + 1) >> 1;
            const rise = hullTimes[middle] - hullTimes[middle - 1];
            if (rise > time * (hullTokens[middle] - hullTokens[middle - 1])) low = middle;
            else high = middle - 1;
          }
          return Math.max(0, hullTimes[low] - r.origin - time * hullTokens[low]) / second;
        }
        function cost(reader, tokens, wait) {
          if (wait <= 0) return 0;
          switch (reader.penalty) {
          case "linear": return reader.speed * wait;
          case "power": return (reader.speed * wait) ** reader.argument;
          case "exponential": return Math.expm1(wait / reader.argument);
          case "hinge": return reader.speed * Math.max(0, wait - reader.argument);
          case "fraction": return tokens * Math.min(1, wait / reader.argument);
          default: return tokens;
          }
        }
        // Smooth goodput, tokens a second. Sums that a sample cannot tell are in the page.
        function smooth() {
          if (isSampled) {
            if (!view.reader) return names.smooth;
            const lost = view.reader.alpha * names.penalties[stepOf(view.reader.speed)];
            return (names.earning - lost) / whole;
          }
          const readers = names.classes.map((_, kind) => readerOf(kind));
          let sum = 0;
          for (const r of requests) {
            const reader = readers[r.kind];
            sum += r.earning;
            if (reader.alpha > 0)
              sum -= reader.alpha * cost(reader, r.earning, idle(r, reader.time));
          }
          return sum / whole;
        }
        const throughput = names.delivered / whole;
        // Tokens lost by cause and bin; those of a speed between steps are those of the nearest.
        function losses() {
          if (!view.reader) return bins.own;
          return bins.bySpeed[stepOf(view.reader.speed)].map((row, cause) =>
            row.map((value, bin) => bins.weightless[cause][bin] + view.reader.alpha * value));
        }
        const picked = () => picks[view.reader ? 1 + stepOf(view.reader.speed) : 0];
        // Events of a request, [seconds after scheduled, tokens], without what is not read.
        function arrivals(r) {
          const events = r.tokens ?? [];
          if (!r.tokens) {
            const width = whole / names.columns;
            for (let i = r.countsBegin; i < r.countsEnd; i++) {
              const end = (r.column + i - r.countsBegin + 1) * width;
              if (counts[i]) events.push([Math.max(0, end - r.at), counts[i]]);
            }
          }
          let skip = r.skipped;
          return skip === 0 ? events : events.map(([time, count]) => {
            const over = Math.min(skip, count);
            skip -= over;
            return [time, count - over];
          }).filter(event => event[1]);
        }
        // The stretches in which a reader waits, with the token waited for.
        function waits(r, reader, events) {
          const found = [];
          let token = 0, waited = 0;
          for (const [time, count] of events) {
            const due = (r.origin + reader.time * token) / second + waited;
            if (time > due) {
              found.push({from: due, to: time, token});
              waited += time - due;
            }
            token += count;
          }
          return found;
        }

        """#
}
