"""What tests of folding stand on: real stores, traffic, and a worker that dies where it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from adplat.data import Lake
from adplat.domain import Decision, Event, EventKind, EventOutcome
from adplat.features import FeatureEncoding
from adplat.flows.attribute_conversions import AttributionProgress, attribute_conversions, folded_ms
from adplat.flows.fold_events import FoldProgress, drop_unfinished_parts, fold_events
from adplat.storage import (
    EmbeddedValkey,
    SqlMetricsLedger,
    open_bid_state,
    open_conversion_state,
    open_database,
    open_online_state,
    open_stream_state,
)
from tests.flows.small_shop import NOON, Shop

GRACE_S = 60.0


class Killed(BaseException):
    """The worker dies here: nothing catches it."""


class Rig:
    """One worker's world: real Valkey, a real database, a lake folder."""

    def __init__(
        self, shop: Shop, valkey: EmbeddedValkey, namespace: str, folder: Path, database_url: str = ""
    ) -> None:
        self.url, self.namespace = valkey.url, namespace
        self.bundle = Path(shop.bundle.path)
        self.encoding = FeatureEncoding.load(self.bundle)
        self.stream = open_stream_state(valkey.url, namespace=namespace)
        self.conversions: Any = open_conversion_state(valkey.url, namespace=namespace)
        self.database = open_database(database_url or f"sqlite:///{folder / 'adplat.db'}")
        self.ledger: Any = SqlMetricsLedger(self.database)
        self.lake: Any = Lake(folder / "lake")

    def send(self, decisions: list[Decision], events: list[Event], served: Mapping[int, bytes] | None = None) -> None:
        """``served`` goes along with decisions by their numbers."""

        async def run() -> None:
            online = open_online_state(self.url, namespace=self.namespace, timeout_s=10.0)
            bids = open_bid_state(self.url, namespace=self.namespace, timeout_s=10.0)
            try:
                for decision in decisions:
                    beside = (served or {}).get(int(decision.decision_id[1:]))
                    await online.record_decision(decision, None, beside)
                assert EventOutcome.UNKNOWN_DECISION not in await bids.record_notices(events, NOON)
            finally:
                await online.close()
                await bids.close()

        asyncio.run(run())

    def fold(self, limit: int = 1000, **parts: Any) -> FoldProgress:
        stream, ledger, lake = (parts.get(name, getattr(self, name)) for name in ("stream", "ledger", "lake"))
        return fold_events(stream, ledger, lake, self.encoding, datetime.now(UTC), limit=limit, wait_ms=0)

    def attribute(self, progress: FoldProgress, later_s: float = 0.0, **parts: Any) -> AttributionProgress:
        """Give credit after a fold; ``later_s`` is how much later than now it is where nothing was left to read."""
        now = datetime.now(UTC) + timedelta(seconds=later_s)
        return attribute_conversions(parts.get("conversions", self.conversions), folded_ms(progress, now), GRACE_S)

    def fold_all(self, limit: int = 1000, later_s: float = 0.0) -> None:
        """Until nothing is left; conversions wait for their grace, unless so much time has passed."""
        drop_unfinished_parts(self.ledger, self.lake)
        for _ in range(5000):
            progress = self.fold(limit)
            if not self.attribute(progress, later_s).settled and not progress.entries:
                return
        raise AssertionError("the stream never ends")

    def table(self, name: str) -> pl.DataFrame:
        frame: pl.DataFrame = self.lake.scan(name).collect()
        return frame

    def close(self) -> None:
        self.stream.close()
        self.conversions.close()
        self.database.close()


def a_decision(number: int, creative_id: str = "c1", user_key: str = "u1", **facts: Any) -> Decision:
    return replace(
        Decision(
            decision_id=f"d{number}",
            request_id=f"r{number}",
            ts=NOON + timedelta(seconds=number),
            user_key=user_key,
            placement="feed",
            advertiser_id="a1",
            campaign_id="k1",
            creative_id=creative_id,
            propensity=0.6,
            policy="uniform",
            bundle_id="b1",
            candidates=(creative_id, "c2"),
            p_ctr=(0.125, 0.25),
            p_cvr=(0.5, 0.5),
            first_slot_propensities=(0.6, 0.4),
            price_micros=1500,
            context={"device": "ios", "hour": 20, "language": "zh"},
        ),
        **facts,
    )


def an_event(number: int, kind: EventKind, after_s: float = 0.0, **facts: Any) -> Event:
    ts = NOON + timedelta(seconds=number + after_s)
    return Event(f"d{number}:{kind}:{facts.get('conversion_kind', '')}", kind, f"d{number}", ts, **facts)


class DiesAt:
    """A part of the rig that dies before or after one of its calls, as a SIGKILL would."""

    def __init__(self, part: Any, call: str, *, after: bool) -> None:
        self._part, self._call, self._after = part, call, after

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._part, name)
        if name != self._call:
            return real

        def dying(*arguments: Any, **named: Any) -> Any:
            if self._after:
                real(*arguments, **named)
            raise Killed

        return dying


STEPS = [("lake", "write"), ("ledger", "add"), ("stream", "fold"), ("stream", "trim"), ("conversions", "settle")]
