"""Requests right, odd and broken at the two doors of callers, gRPC and ``/v1``: what must never come back is our fault.

Every request is made from a seed. Odd messages are bent on the wire: fields of any number and kind are put behind a
right one, where the last of them counts. Bodies are bent and broken as those of sellers are.
"""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from adplat.client import KeepAliveConnection, RawGrpcCaller
from adplat.client.messages import record_message
from adplat.domain import Event, EventKind
from adplat.flows.bench_bidding_fuzz import BROKEN, ODD, as_sent, broken

REQUESTS, QUICK_REQUESTS = 6_000, 600
# Of all numbers of fields the first ones are ours; the rest nobody knows.
_FIELDS = 20
_HUGE_BYTES = 300_000
_NUMBERS = (0, 1, 2, 127, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1)
_WORDS = (b"", b"feed_300x250", b"\x00", b"\xff\xfe", "茶".encode(), b"a" * 300)


@dataclass(frozen=True)
class DoorSeen:
    """Statuses as HTTP has them, by how often; 0 is no answer.

    Args:
        traces: requests whose answer told a stack trace.
        asked_for: of 500 and above, but what a request asks for.
    """

    statuses: Mapping[int, int]
    traces: Sequence[bytes]
    asked_for: frozenset[int] = frozenset()

    @property
    def faults(self) -> int:
        """Answers of 500 and above, none at all, and stack traces: one caller alone has to be served."""
        wrong = (
            n for status, n in self.statuses.items() if (status >= 500 or status == 0) and status not in self.asked_for
        )
        return sum(wrong) + len(self.traces)


async def fuzz_grpc(
    address: str, bids: Sequence[bytes], scores: Sequence[bytes], count: int, rng: np.random.Generator
) -> DoorSeen:
    """``count`` calls of the four methods, one after the other; ``bids`` and ``scores`` are right messages."""
    right = {"Bid": bids, "Score": scores, "Record": _reports(), "Health": (b"",)}
    callers = {method: RawGrpcCaller(address, method) for method in right}
    statuses: Counter[int] = Counter()
    traces = []
    for _ in range(count):
        method = str(rng.choice(("Bid", "Score", "Record", "Health"), p=(0.4, 0.3, 0.25, 0.05)))
        message = right[method][int(rng.integers(len(right[method])))]
        draw = rng.random()
        if draw < BROKEN:
            message = broken(message or b"\x00", rng)
        elif draw < BROKEN + ODD:
            message = bent_message(message, rng)
        status, told = await callers[method].exchange(message)
        statuses[status] += 1
        if "Traceback" in told:
            traces.append(message)
    for caller in callers.values():
        await caller.close()
    # A bent message may grant one millisecond, which is then over.
    return DoorSeen(dict(statuses), traces, frozenset({504}))


async def fuzz_http(port: int, scores: Sequence[bytes], count: int, rng: np.random.Generator) -> DoorSeen:
    """``count`` bodies for ``/v1/rank``, ``/v1/score`` and ``/v1/events``; ``scores`` are right ones of the second."""
    paths = ("/v1/rank", "/v1/score", "/v1/events")
    connections = [KeepAliveConnection("127.0.0.1", port, path) for path in paths]
    statuses: Counter[int] = Counter()
    traces = []
    for number in range(count):
        place = int(rng.integers(len(paths)))
        asked: dict[str, Any] = json.loads(scores[int(rng.integers(len(scores)))])
        if paths[place] == "/v1/events":
            asked = {"events": [{"kind": kind, "decision_id": f"d{number}"} for kind in ("impression", "click")]}
        body, _ = as_sent(asked, rng)
        status, answer = await connections[place].exchange(body)
        statuses[status] += 1
        if b"Traceback" in answer:
            traces.append(body)
    for connection in connections:
        await connection.close()
    return DoorSeen(dict(statuses), traces)


def bent_message(content: bytes, rng: np.random.Generator) -> bytes:
    """With one to three fields more, of any number, kind and size."""
    for _ in range(int(rng.integers(1, 4))):
        content += _a_field(content, rng)
    return content


def _a_field(content: bytes, rng: np.random.Generator) -> bytes:
    number, kind = int(rng.integers(1, _FIELDS)), int(rng.choice((0, 1, 2, 5)))
    tag = _varint(number << 3 | kind)
    if kind == 0:
        return tag + _varint(_NUMBERS[int(rng.integers(len(_NUMBERS)))])
    if kind == 1:
        return tag + struct.pack("<d", float(rng.choice((0.0, -1.0, 1e308, float("nan"), float("inf")))))
    if kind == 5:
        return tag + rng.bytes(4)
    inner = (
        _WORDS[int(rng.integers(len(_WORDS)))],
        rng.bytes(int(rng.integers(1, 40))),
        content[:2000],
        _varint(int(rng.integers(1, 8)) << 3 | 2) + _varint(1) + b"a",
        b"a" * (_HUGE_BYTES if rng.random() < 0.1 else 1),
    )[int(rng.integers(5))]
    return tag + _varint(len(inner)) + inner


def _varint(number: int) -> bytes:
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])


def _reports() -> list[bytes]:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        record_message([Event(f"e{number}", kind, f"d{number}", moment)]).SerializeToString()
        for number, kind in enumerate(EventKind)
    ]
