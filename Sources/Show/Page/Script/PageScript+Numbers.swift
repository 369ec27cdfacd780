extension PageScript {
    /// Reads the page's numbers: requests, losses by time and speed, picks, tokens.
    static let numbers = #"""
        // The page's numbers: whole ones, seven bits a byte (NumberStream.swift).
        const names = JSON.parse(document.getElementById("names").textContent);
        function decoded(text) {
          if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
          const letters = atob(text), bytes = new Uint8Array(letters.length);
          for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
          return bytes;
        }
        async function inflated(id) {
          const bytes = decoded(document.getElementById(id).textContent);
          const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
          return new Uint8Array(await new Response(stream).arrayBuffer());
        }
        const packed = await inflated("numbers");
        let place = 0;
        function next() {
          let value = 0, factor = 1, byte;
          do {
            byte = packed[place++];
            value += (byte & 127) * factor;
            factor *= 128;
          } while (byte > 127);
          return value % 2 ? -(value + 1) / 2 : value / 2;
        }
        const list = (count, read) => Array.from({length: count}, read);
        function rising(count) {
          let sum = 0;
          return list(count, () => sum += next());
        }

        const outcomes = ["completed", "failed", "abandoned", "unfinished"];
        const second = 1e9 / names.unit;
        const whole = names.length / 1e9;
        let id = 0, scheduled = 0;
        // Vertices of all hulls, one behind the other: tokens, and units after `scheduled`.
        const hullTokens = [], hullTimes = [];
        // Times in seconds but for the hull.
        const requests = list(next(), () => {
          const r = {id: id += next(), agent: next(), kind: next()};
          r.at = (scheduled += next()) / second;
          r.delivered = next();
          r.skipped = next();
          r.read = r.delivered - r.skipped;
          r.earning = r.read - next();
          r.outcome = outcomes[next()];
          r.prompt = next();
          r.first = r.last = 0;
          if (r.delivered) { r.first = next() / second; r.last = r.first + next() / second; }
          r.finish = r.last + next() / second;
          r.origin = next() + names.classes[r.kind].budget / names.unit;
          r.hullBegin = hullTokens.length;
          let token = 0, elapsed = 0;
          for (let left = next(); left > 0; left--) {
            hullTokens.push(token += next());
            hullTimes.push(elapsed += next());
          }
          r.hullEnd = hullTokens.length;
          r.tokens = null;
          return r;
        });
        // Those of the sample, where there is one; the others wait longest.
        const drawn = requests.slice(0, names.drawn);
        const isSampled = names.every > 1;
        const bins = {width: next(), count: next(), causes: next()};
        const thousandths = () => rising(bins.count).map(value => value / 1000);
        bins.delivered = thousandths();
        const lossTable = () => list(bins.causes, thousandths);
        bins.own = lossTable();
        bins.weightless = lossTable();
        bins.bySpeed = list(61, lossTable);
        const picks = list(62, () => list(next(), next));
        for (let left = next(); left > 0; left--) {
          const r = requests[next()];
          let at = 0;
          // Times in seconds after `scheduled`, and how many came then.
          r.tokens = list(next(), () => {
            const step = next();
            at += Math.floor(step / 2);
            return [at / 1000, step % 2 ? next() : 1];
          });
        }
        // Tokens by column of all requests, one behind the other.
        const counts = new Uint32Array(names.columns ? packed.length - place : 0);
        let filled = 0;
        if (names.columns) for (const r of drawn) {
          r.column = next();
          r.countsBegin = filled;
          for (let left = next(); left > 0; left--) counts[filled++] = next();
          r.countsEnd = filled;
        }
        // A node's losses by time, at each of its own, at no weight, and at a weight of 1.
        const strips = names.strips.map(agent => {
          const strip = {agent, delivered: rising(bins.count), own: thousandths(),
            weightless: thousandths(), bySpeed: rising(61).map(value => value / 1000)};
          let levels = list(bins.count, () => 0);
          strip.shares = list(31, () => levels = levels.map(level => level + next()));
          return strip;
        });

        """#
}
