"""A small market of bids as bidders and sellers tell of it, and a picture of everything that is counted of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from adplat.data import Lake
from adplat.domain import ClosedRequest, Decision, Event, EventKind, EventOutcome, PlacedDecision
from adplat.storage import SqlMetricsLedger, open_bid_state, open_online_state, open_stream_state
from tests.flows.fold_rig import a_decision
from tests.flows.small_shop import NOON

WIN, BILLING, LOSS = EventKind.WIN, EventKind.BILLING, EventKind.LOSS
SHOWN, CLICKED, CONVERTED = EventKind.IMPRESSION, EventKind.CLICK, EventKind.CONVERSION
# How a bid may go on; of the last one nothing is ever heard.
STORIES: tuple[tuple[EventKind, ...], ...] = (
    (WIN, BILLING, SHOWN),
    (LOSS,),
    (BILLING, SHOWN, CLICKED),
    (WIN,),
    (BILLING,),
    (SHOWN,),
    (WIN, BILLING, SHOWN, CLICKED, CONVERTED),
    (),
)
RESERVED, PRICE, TO_WIN, RANKED_PRICE, VALUE, BOUGHT = 1000, 640, 610, 1500, 70, 30
USERS, CAMPAIGNS = ("u0", "u1", "u2"), ("k0", "k1", "k2")
MONEY = tuple(key for name in CAMPAIGNS for key in (f"{name}:20260301", name))
LAKE = dict.fromkeys(("impressions", "clicks", "conversions", "bids"), "decision_id") | {"unattributed": "event_id"}
# When everything has been told, and every reservation has ended.
AFTER = NOON + timedelta(hours=6)

Step = ClosedRequest | Decision | Event


@dataclass(frozen=True)
class Auctions:
    """What is sent, each once: closed requests, ranked decisions, and what is told of both."""

    sent: tuple[Step, ...]
    told: tuple[tuple[str, tuple[EventKind, ...]], ...]
    bought_after: str  # the decision whose click was the last of the user that bought

    def times(self, kind: EventKind, among: str = "") -> int:
        """How many decisions whose id begins so are told to have come to this."""
        return sum(kind in story for name, story in self.told if name.startswith(among))

    def shuffled(self, rng: random.Random, times: int = 3) -> list[Step]:
        """Everything so many times, in any order."""
        steps = [*self.sent] * times
        rng.shuffle(steps)
        return steps


def some_auctions(count: int = 48) -> Auctions:
    """Two bids a request, every story, three users and campaigns; and one ranked decision for each eight bids.

    One user then buys and is named as such, and so does somebody to whom nothing was ever shown.
    """
    bids = [
        a_decision(
            n, f"c{1 + n % 4}", USERS[n % 3], decision_id=f"bid{n}", request_id=f"r{n // 2}",
            campaign_id=CAMPAIGNS[n % 3], bid_micros=RESERVED, price_micros=0,
        )
        for n in range(count)
    ]  # fmt: skip
    ranked = [a_decision(n, decision_id=f"ranked{n}", price_micros=RANKED_PRICE) for n in range(count // 8)]
    told = [(d.decision_id, STORIES[n % len(STORIES)]) for n, d in enumerate(bids)]
    told += [(d.decision_id, (SHOWN, CLICKED)) for d in ranked]
    moment = {decision.decision_id: decision.ts for decision in (*bids, *ranked)}
    events = [
        Event(
            f"{name}:{kind}",
            kind,
            name,
            moment[name] + timedelta(seconds=10 + place),
            value_micros=VALUE if kind is CONVERTED else 0,
            price_micros=PRICE if kind in {WIN, BILLING} else 0,
            min_to_win_micros=TO_WIN if kind in {WIN, BILLING} else None,
            loss_reason=102 if kind is LOSS else None,
        )
        for name, story in told
        for place, kind in enumerate(story)
    ]
    bought = [
        Event(
            f"order-of-{user}", CONVERTED, "", NOON + timedelta(hours=1), BOUGHT, user_key=user, advertiser_id="a1"
        )
        for user in (USERS[0], "stranger")
    ]  # fmt: skip
    bought_after = [d.decision_id for d, (_, story) in zip(bids, told, strict=False)
                    if d.user_key == USERS[0] and CLICKED in story][-1]  # fmt: skip
    closed = [ClosedRequest(f"r{n // 2}:{n % 2}", bids[n].user_key, (_placed(bids[n]),)) for n in range(count)]
    return Auctions((*closed, *ranked, *events, *bought), tuple(told), bought_after)


def _placed(bid: Decision) -> PlacedDecision:
    keys = (f"{bid.campaign_id}:20260301", bid.campaign_id)
    return PlacedDecision(bid, RESERVED, keys, bid.ts + timedelta(minutes=5))


def send(url: str, namespace: str, steps: list[Step], between: Callable[[], None] = lambda: None) -> None:
    """Send these one after another; what is told of a decision before it is known is told again, as a sender does."""

    async def run() -> None:
        bids, online = (
            open_bid_state(url, namespace=namespace, timeout_s=10.0),
            open_online_state(url, namespace=namespace, timeout_s=10.0),
        )
        waiting = list(steps)
        while waiting:
            again: list[Step] = []
            for step in waiting:
                if isinstance(step, ClosedRequest):
                    await bids.close_requests([step])
                elif isinstance(step, Decision):
                    await online.record_decision(step)
                elif await bids.record_notices([step], AFTER) == [EventOutcome.UNKNOWN_DECISION]:
                    again.append(step)
                between()
            assert len(again) < len(waiting)
            waiting = again
        await bids.close()
        await online.close()

    asyncio.run(run())


def picture(url: str, namespace: str, ledger: SqlMetricsLedger, lake: Lake) -> dict[str, Any]:
    """Everything that is counted, wherever it lies."""

    async def online() -> tuple[Any, ...]:
        bids = open_bid_state(url, namespace=namespace, timeout_s=10.0)
        committed = (await bids.open_request("", "", MONEY, AFTER, 0.001)).committed_micros
        shown = {u: (await bids.open_request(u, "look", (), AFTER, 0.001)).exposures for u in USERS}
        await bids.close()
        return committed, {user: sorted(found, key=repr) for user, found in shown.items()}

    committed, exposures = asyncio.run(online())
    with closing(open_stream_state(url, namespace=namespace)) as stream:
        arms = stream.read_arms()
    # Where something stood on the stream is not what is counted of it.
    lake_rows = {name: lake.scan(name).drop("stream_position", strict=False).collect() for name in LAKE}
    tables = {name: lake_rows[name].sort(key).rows(named=True) for name, key in LAKE.items()}
    return {
        "lake": tables, "metrics": ledger.hourly_metrics(), "arms": arms, "committed": committed,
        "exposures": exposures,
    }  # fmt: skip


def assert_everything_counted_once(seen: dict[str, Any], auctions: Auctions) -> None:
    """Against what was told, without asking how it was counted."""
    billed, shown = auctions.times(BILLING), auctions.times(SHOWN)
    metrics = seen["metrics"]
    assert sum(m.spend_micros for m in metrics) == PRICE * billed + RANKED_PRICE * auctions.times(SHOWN, "ranked")
    assert sum(m.statistics.impressions for m in metrics) == shown
    assert sum(m.statistics.clicks for m in metrics) == auctions.times(CLICKED)
    assert sum(m.statistics.conversions for m in metrics) == auctions.times(CONVERTED) + 1
    assert sum(m.statistics.value_micros for m in metrics) == VALUE * auctions.times(CONVERTED) + BOUGHT
    assert sum(arm.impressions for arm in seen["arms"].values()) == shown
    # Each campaign's day and flight: nothing but what was charged.
    assert sum(seen["committed"]) == 2 * PRICE * billed
    assert all(amount > 0 for amount in seen["committed"])
    ended = [(name, story) for name, story in auctions.told if {WIN, BILLING, LOSS} & set(story)]
    rows = seen["lake"]["bids"]
    assert [row["decision_id"] for row in rows] == sorted(name for name, _ in ended)
    assert sum(row["won"] for row in rows) == len(ended) - auctions.times(LOSS)
    assert {(row["won"], row["min_to_win_micros"]) for row in rows} == {(True, TO_WIN), (False, None)}
    assert {row["bid_micros"] for row in rows} == {RESERVED}
    for table, kind in (("impressions", SHOWN), ("clicks", CLICKED), ("conversions", CONVERTED)):
        found = [row["decision_id"] for row in seen["lake"][table]]
        wanted = [name for name, story in auctions.told if kind in story]
        assert found == sorted([*wanted, auctions.bought_after] if kind is CONVERTED else wanted)
    [stranger] = seen["lake"]["unattributed"]
    assert (stranger["event_id"], stranger["reason"]) == ("order-of-stranger", "unattributed")
    exposed = sum({BILLING, SHOWN} & set(story) != set() for name, story in auctions.told if name.startswith("bid"))
    assert sum(len(found) for found in seen["exposures"].values()) == exposed
