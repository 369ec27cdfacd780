"""A run directory of Legato's, as scripts read it."""

import bisect
import json
import os


class RunDirectory:
    def __init__(self, path):
        with open(os.path.join(path, "manifest.json"), encoding="utf-8") as file:
            self.manifest = json.load(file)
        with open(os.path.join(path, "summary.json"), encoding="utf-8") as file:
            self.summary = json.load(file)
        with open(os.path.join(path, "requests.jsonl"), encoding="utf-8") as file:
            self.requests = [json.loads(line) for line in file]
        self._raw = [row[0] for row in self.manifest["clock_ledger"]]
        self._monotonic = [row[1] for row in self.manifest["clock_ledger"]]

    def raw_ns(self, monotonic_ns):
        """CLOCK_MONOTONIC_RAW at an instant of CLOCK_MONOTONIC, by the ledger's nearest rows."""
        return _interpolated(self._monotonic, self._raw, monotonic_ns)

    def monotonic_ns(self, timeline_ns):
        """An instant of the run's timeline on CLOCK_MONOTONIC."""
        return _interpolated(
            self._raw, self._monotonic, timeline_ns + self.manifest["epoch"]["raw_ns"])


def _interpolated(xs, ys, x):
    if len(xs) < 2:
        return ys[0] + x - xs[0]
    place = min(max(bisect.bisect(xs, x), 1), len(xs) - 1)
    x0, x1, y0, y1 = xs[place - 1], xs[place], ys[place - 1], ys[place]
    return y0 + round((x - x0) * ((y1 - y0) / (x1 - x0)))
