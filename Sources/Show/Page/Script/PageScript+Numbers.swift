extension PageScript {
    /// Reads the page's numbers: requests, losses by time and speed, picks, tokens.
    static let numbers = #"""
        // The page's numbers: whole ones, seven bits a byte (NumberStream.swift).
        const names = JSON.parse(document.getElementById("names").textContent);
        async function inflated(id) {
          const text = atob(document.getElementById(id).textContent);
          const bytes = Uint8Array.from(text, c => c.charCodeAt(0));
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
        // Times in seconds but for the hull, which is in units after `scheduled`.
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
          const count = next();
          let token = 0, elapsed = 0;
          r.hull = list(count, () => [token += next(), elapsed += next()]);
          return r;
        });
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
        if (names.columns) for (const r of requests) {
          r.column = next();
          r.counts = list(next(), next);
        }

        """#
}
