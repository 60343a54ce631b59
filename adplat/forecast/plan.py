"""What an advertiser asks about: a campaign that has not run, as a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from msgspec import Meta

from adplat.domain import BidStrategy, ConfigRejected, Flight, FrequencyCap, Targeting
from adplat.market import time_zone_named

Money = Annotated[int, Meta(ge=1)]
Text = Annotated[str, Meta(min_length=1)]
LONGEST_FLIGHT_DAYS = 366


@dataclass(frozen=True, slots=True)
class NewCreative:
    """A creative that has never run; ``image_path`` is a file, relative to the plan's folder."""

    headline: Text
    body: str = ""
    cta: str = ""
    image_path: str = ""
    language: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """The document ``plan``: budget, flight, targeting, bid strategy and creatives.

    ``start`` and ``end`` are the first and the last day, in ``time_zone``. At least one of ``daily_budget_micros`` and
    ``total_budget_micros`` is given. ``creatives`` are ids of the catalogue, ``new_creatives`` have never run; at least
    one of either. ``advertiser_id`` names an advertiser of the catalogue, empty for a new one. Days of the budget and
    ``targeting.hours_of_week`` are those of ``time_zone``. ``bid.target_micros`` is money per click, action or thousand
    showings. Money is of the lake's currency unless ``currency`` says otherwise. ``campaign_id`` names the campaign of
    the catalogue whose next flight this is: what comes of it is held against the forecast.
    """

    name: Text
    start: date
    end: date
    bid: BidStrategy
    daily_budget_micros: Money | None = None
    total_budget_micros: Money | None = None
    currency: str = ""
    time_zone: str = "UTC"
    targeting: Targeting = field(default_factory=Targeting)
    frequency_caps: list[FrequencyCap] = field(default_factory=list)
    advertiser_id: str = ""
    creatives: list[Text] = field(default_factory=list)
    new_creatives: list[NewCreative] = field(default_factory=list)
    campaign_id: str = ""

    @property
    def days(self) -> int:
        """Days of the flight, both ends counted."""
        return (self.end - self.start).days + 1

    @property
    def flight(self) -> Flight:
        """From the first midnight to the one after the last day, in aware UTC."""
        zone = time_zone_named(self.time_zone)
        first = datetime.combine(self.start, time(), tzinfo=zone)
        after = datetime.combine(self.end + timedelta(days=1), time(), tzinfo=zone)
        return Flight(first.astimezone(UTC), after.astimezone(UTC))


def check_plan(plan: CampaignPlan, *, where: str) -> None:
    """Raises ConfigRejected on what types alone do not rule out."""
    if plan.end < plan.start:
        raise ConfigRejected(
            f"the flight ends on {plan.end}, before it starts on {plan.start}", where=f"{where}: end", hint="swap them"
        )
    if plan.days > LONGEST_FLIGHT_DAYS:
        raise ConfigRejected(
            f"a flight of {plan.days} days", where=f"{where}: end", hint=f"plan {LONGEST_FLIGHT_DAYS} days at most"
        )
    try:
        time_zone_named(plan.time_zone)
    except ConfigRejected as reason:
        raise ConfigRejected(reason.what, where=f"{where}: time_zone", hint=reason.hint) from None
    if plan.daily_budget_micros is None and plan.total_budget_micros is None:
        raise ConfigRejected("no budget", where=where, hint="give daily_budget_micros or total_budget_micros")
    if not plan.creatives and not plan.new_creatives:
        raise ConfigRejected("no creative", where=where, hint="give creatives or new_creatives")
    if len(set(plan.creatives)) < len(plan.creatives):
        raise ConfigRejected("a creative is named twice", where=f"{where}: creatives", hint="name it once")
    target = plan.bid.target_ratio if plan.bid.kind.value == "target_roas" else plan.bid.target_micros
    if not target > 0:
        raise ConfigRejected(
            f"a bid strategy {plan.bid.kind} without a target",
            where=f"{where}: bid",
            hint="give target_micros above 0 (for target_roas: target_ratio)",
        )
