"""What a truthserver sent when: its binary log, and where its injected faults fell.

A log is 24 bytes of head ("TRUTHLG1", CLOCK_MONOTONIC and CLOCK_REALTIME at its opening) and then a
record a request: six u32 (magic, length of the request id, flags, token events, tokens an event,
prompt tokens), two i64 (first byte read, request read whole), the request id, a 32-byte id of the
server's own that ends in the request's ordinal, and an i64 for the role event, each token event and
`[DONE]`: the instant just before the send that carried its last byte, 0 for one never sent.
All instants are ns of CLOCK_MONOTONIC.
"""

import struct
from dataclasses import dataclass

RESET, STATUS_500, MALFORMED, STALL, CLIENT_GONE = 1, 2, 4, 8, 16
FAULTS = RESET | STATUS_500 | MALFORMED | STALL

_MAGIC = 0x31535254
_HEAD = struct.Struct("<6I2q")


@dataclass
class Served:
    """One request as the server saw it."""

    request_id: str
    ordinal: int  # its place in the order in which requests were read whole
    flags: int
    tokens_per_event: int
    read_ns: int
    sent_ns: list  # one a token event, 0 for one never sent

    @property
    def delivered(self):
        """Token events that were sent."""
        return sum(1 for instant in self.sent_ns if instant)


def read_log(path):
    """All requests of a log, in the order in which they ended."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:8] != b"TRUTHLG1":
        raise SystemExit(f"{path} is no truthserver log: give the file that --log wrote")
    place, served = 24, []
    while place < len(data):
        magic, id_length, flags, events, per_event, _, _, read_ns = _HEAD.unpack_from(data, place)
        if magic != _MAGIC:
            raise SystemExit(f"{path} has no record at byte {place}: was the server killed hard?")
        place += _HEAD.size
        request_id = data[place : place + id_length].decode()
        place += id_length
        # The sink writes the same format, without ids of its own.
        ordinal = int(data[place + 16 : place + 32].strip(b"\0") or b"0", 16)
        place += 32
        instants = struct.unpack_from(f"<{events + 2}q", data, place)
        place += 8 * (events + 2)
        served.append(
            Served(request_id, ordinal, flags, per_event, read_ns, list(instants[1:-1])))
    return served


class _SplitMix:
    """The server's generator (splitmix64)."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)


def fault_places(served, rates, seed):
    """By request id, after how many token events the fault falls; None for a request without one.

    The log does not say where a malformed event was put in. The server draws it from its seed, in
    the order of its requests, and draws nothing else as long as it neither splits nor jitters; so
    the draws can be done again. That they give the logged flags shows that they are the same.
    """
    generator, places = _SplitMix(seed), {}
    kinds = [(RESET, "reset"), (MALFORMED, "malformed"), (STALL, "stall")]
    for record in sorted(served, key=lambda one: one.ordinal):
        left = (generator.next() >> 11) * 2.0**-53
        drawn, place = 0, None
        if left < rates.get("500", 0):
            drawn = STATUS_500
        else:
            events = len(record.sent_ns)
            place = 1 + generator.next() % max(1, events - 1)
            left -= rates.get("500", 0)
            for flag, name in kinds:
                if left < rates.get(name, 0):
                    drawn = flag
                    break
                left -= rates.get(name, 0)
        if drawn != record.flags & FAULTS:
            raise SystemExit(
                f"request {record.ordinal} has the flags {record.flags}, drawn again {drawn}: "
                "does the seed fit, and was the server told to split or to jitter?")
        places[record.request_id] = place if drawn else None
    return places
