"""Kept forecasts over a real database, and a lake in which a campaign shows, is clicked and converts as it is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from adplat.data import Lake
from adplat.domain import TOLD_LEVELS, BidStrategy, BidStrategyKind, KeptForecast, ManualClock, Quantiles
from adplat.flows.forecast_parts import ForecastParts
from adplat.flows.keep_forecast import keep_forecast
from adplat.flows.score_forecasts import ScorePlan, score_forecasts
from adplat.forecast import CampaignPlan
from adplat.storage import (
    Database,
    SqlAuditTrail,
    SqlCatalogue,
    SqlForecasts,
    SqlJobs,
    open_database,
    upgrade_database,
)
from tests.storage.builders import NOON, a_campaign, an_advertiser

FIRST = date(2026, 3, 3)
PLAN = ScorePlan(timedelta(days=7))


def around(middle: float, spread: float = 0.5) -> dict[str, float]:
    """Told quantiles from ``1 - spread`` to ``1 + spread`` of the middle, evenly by level."""
    return Quantiles(tuple(middle * (1.0 + 2.0 * spread * (level - 0.5)) for level in TOLD_LEVELS)).as_document()


def a_plan(days: int = 2, **facts: Any) -> CampaignPlan:
    defaults: dict[str, Any] = {
        "name": "Spring",
        "start": FIRST,
        "end": FIRST + timedelta(days=days - 1),
        "bid": BidStrategy(BidStrategyKind.CPM, target_micros=1_000_000),
        "daily_budget_micros": 1_000_000,
        "advertiser_id": "a1",
        "creatives": ["c1"],
    }
    return CampaignPlan(**(defaults | facts))


def a_document(plan: CampaignPlan, **totals: float) -> dict[str, Any]:
    """As ``forecast run`` gives it; of each metric the same on every day."""
    dates = [plan.start + timedelta(days=number) for number in range(plan.days)]
    totals = totals or {"impressions": 100.0, "reach": 50.0, "clicks": 10.0, "conversions": 2.0, "spend_micros": 5e5}
    by_day = {name: around(value / plan.days) for name, value in totals.items() if name != "reach"}
    return {
        "refused": False,
        "reasons": [],
        "daily": [{"date": day.isoformat(), **by_day} for day in dates],
        "total": {name: around(value) for name, value in totals.items()},
        "inputs": {"bundle_id": "b1", "correction_id": "r1", "data_from": "2026-02-01T00:00:00+00:00"},
    }


@dataclass(frozen=True)
class Rig:
    """One workspace with campaigns k1 and k2 in its catalogue."""

    folder: Path
    database: Database
    parts: ForecastParts
    clock: ManualClock
    lake: Lake
    written: list[int] = field(default_factory=list)

    def keep(self, plan: CampaignPlan | None = None, slices: Mapping[str, str] | None = None, **totals: float) -> str:
        plan = plan or a_plan()
        return self.kept(plan, slices, **totals).forecast_id

    def kept(self, plan: CampaignPlan, slices: Mapping[str, str] | None = None, **totals: float) -> KeptForecast:
        return keep_forecast(self.parts, plan, a_document(plan, **totals), slices or {"budget": "tight"})

    def show(
        self,
        day: date,
        showings: int,
        *,
        clicks: int = 0,
        conversions: int = 0,
        after: timedelta = timedelta(hours=1),
        campaign: str = "k1",
        users: Sequence[str | None] = ("u1", "u2", None),
        at_hour: int = 12,
        price_micros: int = 1000,
    ) -> list[str]:
        """Showings of one hour; the first are clicked, and convert ``after`` that."""
        number = len(self.written)
        self.written.append(number)
        moment = datetime(day.year, day.month, day.day, at_hour, tzinfo=NOON.tzinfo)
        names = [f"d{number}-{place}" for place in range(showings)]
        frame = pl.DataFrame({"decision_id": names}).with_columns(
            request_id=pl.col("decision_id"),
            ts=pl.lit(moment),
            user_key=pl.Series([users[place % len(users)] for place in range(showings)], dtype=pl.String),
            campaign_id=pl.lit(campaign),
            price_micros=pl.lit(price_micros),
        )
        self.lake.write("impressions", frame, f"p{number}")
        self.write_outcomes("clicks", names[:clicks], moment + timedelta(minutes=1))
        self.write_outcomes("conversions", names[:conversions], moment + after)
        return names

    def write_outcomes(self, table: str, names: Sequence[str], at: datetime) -> None:
        if names:
            number = len(self.written)
            self.written.append(number)
            rows = pl.DataFrame({"decision_id": list(names)}).with_columns(ts=pl.lit(at))
            if table == "conversions":
                rows = rows.with_columns(value_micros=pl.lit(7), kind=pl.lit("buy"))
            self.lake.write(table, rows, f"p{number}")

    def traffic(self, at: datetime) -> None:
        """A showing of another campaign: the lake reaches to here."""
        self.show(at.date(), 1, campaign="k9", at_hour=at.hour)

    def go_to(self, moment: datetime) -> None:
        """It is that moment, and the lake reaches to it."""
        self.clock.advance((moment - self.clock.now()).total_seconds())
        self.traffic(moment)

    def score(self, **facts: Any) -> dict[str, Any]:
        return score_forecasts(self.parts, self.lake, PLAN, **facts)

    def actual(self, metric: str, day: date | None = None) -> float | None:
        """The newest score of the only scored forecast."""
        [one] = self.parts.forecasts.scored()
        found = [score.actual for score in one.latest if (score.metric.value, score.day) == (metric, day)]
        return found[0] if found else None


def after_flight(**later: float) -> datetime:
    """After a plan of two days that starts FIRST."""
    return datetime(2026, 3, 5, tzinfo=NOON.tzinfo) + timedelta(**later)


@contextmanager
def a_rig(folder: Path) -> Iterator[Rig]:
    url = f"sqlite:///{folder / 'adplat.db'}"
    upgrade_database(url)
    with closing(open_database(url)) as database:
        catalogue, clock = SqlCatalogue(database), ManualClock(NOON)
        catalogue.save([an_advertiser()], [a_campaign("k1"), a_campaign("k2")], [], [])
        parts = ForecastParts(
            SqlForecasts(database), SqlJobs(database), SqlAuditTrail(database), catalogue, clock, "mei"
        )
        yield Rig(folder, database, parts, clock, Lake(folder / "lake"))
