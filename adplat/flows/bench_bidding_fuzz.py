"""Ten thousand bid requests, right, odd and broken, at a running service: what must never come back.

Each request is made from a seed. A right one says what it does not want, out of what the catalogue has, so that
blocks, sizes, languages and floors really decide; an odd one has members of wrong types or unknown ones; a broken one
is no request at all. Whatever bid comes back is held against its request.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from adplat.client import KeepAliveConnection

REQUESTS, QUICK_REQUESTS = 10_000, 1_000
ODD, BROKEN = 0.2, 0.1
_ODD_VALUES: tuple[Any, ...] = (None, "", [], {}, -1, 1e308, "a" * 300, True, [None], {"ext": {}}, "\u0000", 2**63)


@dataclass(frozen=True)
class Stock:
    """What the catalogue has that a seller may name."""

    domains: tuple[str, ...]
    categories: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class FuzzSeen:
    """Statuses, and what was wrong with the answers: (rule, request) each."""

    statuses: Mapping[int, int]
    breaches: Sequence[tuple[str, str]]

    @property
    def server_errors(self) -> int:
        """Answers of 500 and above, and requests without any."""
        return sum(count for status, count in self.statuses.items() if status >= 500 or status == 0)


def as_sent(asked: dict[str, Any], rng: np.random.Generator) -> tuple[bytes, bool]:
    """A body as it is sent: right, odd or broken, and whether it is right."""
    draw = rng.random()
    body = json.dumps(asked).encode()
    if draw < BROKEN:
        return broken(body, rng), False
    if draw < BROKEN + ODD:
        return json.dumps(bent(asked, rng)).encode(), False
    return body, True


async def fuzz(port: int, stock: Stock, count: int, rng: np.random.Generator) -> FuzzSeen:
    """Send ``count`` requests one after the other over one connection."""
    statuses: Counter[int] = Counter()
    breaches: list[tuple[str, str]] = []
    connection = KeepAliveConnection("127.0.0.1", port, "/openrtb2/bid")
    for number in range(count):
        asked = a_request(number, stock, rng)
        body, is_right = as_sent(asked, rng)
        status, answer = await connection.exchange(body)
        statuses[status] += 1
        if b"Traceback" in answer:
            breaches.append(("stack trace", body.decode(errors="replace")))
        if status == 200 and is_right:
            breaches += [(rule, body.decode()) for rule in broken_rules(asked, json.loads(answer))]
    await connection.close()
    return FuzzSeen(dict(statuses), breaches)


def a_request(number: int, stock: Stock, rng: np.random.Generator) -> dict[str, Any]:
    """A right one that blocks some of what the catalogue has."""
    picked = [stock.sizes[place] for place in rng.integers(0, len(stock.sizes), 2)]
    banner: dict[str, Any] = {"format": [{"w": w, "h": h} for w, h in picked]}
    imp: dict[str, Any] = {"id": "1", "tagid": "feed_300x250", "banner": banner}
    if rng.random() < 0.5:
        imp |= {"bidfloor": float(np.round(rng.lognormal(1.5, 1.5), 3)), "bidfloorcur": "CNY"}
    if rng.random() < 0.3:
        banner["battr"] = [int(place) for place in rng.integers(1, 4, 2)]
    asked: dict[str, Any] = {
        "id": f"fuzz-{number}",
        "imp": [imp],
        "at": int(rng.integers(1, 3)),
        "cur": ["CNY"],
        "tmax": 1000,
        "device": {"language": "zh", "geo": {"country": f"C{rng.integers(0, 50):02d}"}},
        "user": {"id": f"u{rng.integers(0, 50)}"},
    }
    if rng.random() < 0.4:
        asked["badv"] = [stock.domains[place] for place in rng.integers(0, len(stock.domains), 2)]
    if rng.random() < 0.4:
        asked["bcat"] = [stock.categories[place] for place in rng.integers(0, len(stock.categories), 4)]
    if rng.random() < 0.2:
        asked["wlang"] = [["zh"], ["en"], ["zh", "en"]][int(rng.integers(0, 3))]
    if rng.random() < 0.1:
        asked["regs"] = {"coppa": 1}
    return asked


def broken_rules(asked: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
    """Which of the request's rules the bids of an answer break."""
    found = []
    imp = asked["imp"][0]
    banner = imp["banner"]
    sizes = {(size["w"], size["h"]) for size in banner["format"]}
    for bid in (bid for seat in answer["seatbid"] for bid in seat["bid"]):
        blocked = {
            "advertiser": set(bid["adomain"]) & set(asked.get("badv", ())),
            "category": set(bid.get("cat", ())) & set(asked.get("bcat", ())),
            "attribute": set(bid.get("attr", ())) & set(banner.get("battr", ())),
            "size": set() if (bid["w"], bid["h"]) in sizes else {1},
            "language": set() if "wlang" not in asked or bid.get("language") in asked["wlang"] else {1},
            "floor": {1} if bid["price"] < imp.get("bidfloor", 0.0) else set(),
            "slot": set() if bid["impid"] == imp["id"] else {1},
        }
        found += [rule for rule, hits in blocked.items() if hits]
    return found


def bent(asked: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """With one member somewhere replaced by what does not belong there, or one that nobody knows."""
    copy: dict[str, Any] = json.loads(json.dumps(asked))
    place: Any = copy
    for _ in range(int(rng.integers(0, 4))):
        inner = place[0] if isinstance(place, list) and place else place
        within = inner.values() if isinstance(inner, dict) else ()
        parts = [value for value in within if isinstance(value, dict | list) and value]
        if not parts:
            break
        place = parts[int(rng.integers(0, len(parts)))]
    target = place[0] if isinstance(place, list) and place and isinstance(place[0], dict) else place
    value = _ODD_VALUES[int(rng.integers(0, len(_ODD_VALUES)))]
    if isinstance(target, dict):
        names = [*target, "unknown"]
        target[names[int(rng.integers(0, len(names)))]] = value
    elif isinstance(target, list):
        target.append(value)
    return copy


def broken(body: bytes, rng: np.random.Generator) -> bytes:
    """Bytes cut off, changed, or none at all."""
    kind = int(rng.integers(0, 4))
    if kind == 0:
        return body[: int(rng.integers(0, len(body)))]
    if kind == 1:
        changed = bytearray(body)
        for place in rng.integers(0, len(body), 3):
            changed[place] = int(rng.integers(0, 256))
        return bytes(changed)
    return b"" if kind == 2 else rng.bytes(int(rng.integers(1, 400)))
