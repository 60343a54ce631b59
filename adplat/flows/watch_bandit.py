"""What a campaign's bandit did over the last days, and what it believes now, for the people whose campaign it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from adplat.data import ChoiceShare, choice_shares
from adplat.domain import Comparison, Condition, ConfigRejected, ListRequest, StoreUnreachable, UnknownReference
from adplat.flows.admin_parts import SeenParts

MOST_DAYS, HOURLY_DAYS = 14, 2
# As of any judgement on a log (adplat.bandit.off_policy): fewer rows than this, or one row so heavy, say nothing.
LEAST_EFFECTIVE, MOST_OF_ONE = 100.0, 0.1
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_MOST_CREATIVES = 500


@dataclass(frozen=True, slots=True)
class CreativeWeight:
    """One creative over the whole time; ``effective`` showings of an even share are what its own are worth."""

    creative_id: str
    offered: int
    chosen: int
    weight: float
    smallest: float
    effective: float
    largest_share: float

    @property
    def refused(self) -> bool:
        """Whether nothing can be judged by its showings: they are worth too few, or one of them is nearly all."""
        return self.effective < LEAST_EFFECTIVE or self.largest_share > MOST_OF_ONE


@dataclass(frozen=True)
class BanditWatch:
    """``shares`` by stretches of ``step``. ``belief``: what ``adplat bandit show`` tells; ``None``: nobody serves."""

    campaign_id: str
    since: datetime
    until: datetime
    step: timedelta
    shares: Sequence[ChoiceShare]
    creatives: Sequence[CreativeWeight]
    belief: dict[str, Any] | None


def watch_bandit(parts: SeenParts, campaign_id: str, days: int) -> BanditWatch:
    """By the hour up to HOURLY_DAYS, else by the day (UTC), the most chosen creatives first.

    Raises UnknownReference for a campaign that the viewer does not see, ConfigRejected for more than MOST_DAYS,
    TableRejected on a damaged lake.
    """
    parts.edits.campaign(campaign_id)
    if not 1 <= days <= MOST_DAYS:
        raise ConfigRejected(f"{days} days", where="days", hint=f"give 1 to {MOST_DAYS}")
    step = _HOUR if days <= HOURLY_DAYS else _DAY
    until = parts.clock.now()
    first = until - timedelta(days=days)
    # A stretch that is cut off would look like one in which less happened.
    since = first.replace(minute=0, second=0, microsecond=0) + _HOUR
    if step is _DAY:
        since = first.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
    wanted = ListRequest([Condition("campaign_id", Comparison.IS, (campaign_id,))], limit=_MOST_CREATIVES)
    names = [one.creative_id for one in parts.catalogue.creative_page(wanted).items]
    shares = choice_shares(parts.lake, campaign_id, names, since, until, step)
    return BanditWatch(campaign_id, since, until, step, shares, _over_time(shares), _belief(parts, campaign_id))


def watch_document(watch: BanditWatch) -> dict[str, Any]:
    """As plain data, for the API."""
    totals = _totals(watch.shares)
    return {
        "campaign_id": watch.campaign_id,
        "since": watch.since.isoformat(),
        "until": watch.until.isoformat(),
        "step_s": watch.step.total_seconds(),
        "over_time": [
            {
                "at": one.at.isoformat(),
                "creative_id": one.creative_id,
                "offered": one.offered,
                "chosen": one.chosen,
                "weight": one.propensity / totals[one.at],
                "smallest_propensity": one.smallest,
            }
            for one in watch.shares
        ],
        "creatives": [
            {
                "creative_id": one.creative_id,
                "offered": one.offered,
                "chosen": one.chosen,
                "weight": one.weight,
                "smallest_propensity": one.smallest,
                "effective_showings": one.effective,
                "largest_weight_share": one.largest_share,
                "refused": one.refused,
            }
            for one in watch.creatives
        ],
        "belief": watch.belief,
    }


def weights_over_time(shares: Sequence[ChoiceShare]) -> list[tuple[ChoiceShare, float]]:
    """Each with its part of all probability that the campaign's creatives had in its stretch."""
    totals = _totals(shares)
    return [(one, one.propensity / totals[one.at]) for one in shares]


def _totals(shares: Sequence[ChoiceShare]) -> dict[datetime, float]:
    totals: defaultdict[datetime, float] = defaultdict(float)
    for one in shares:
        totals[one.at] += one.propensity
    return {at: total or 1.0 for at, total in totals.items()}


def _over_time(shares: Sequence[ChoiceShare]) -> list[CreativeWeight]:
    by_name: defaultdict[str, list[ChoiceShare]] = defaultdict(list)
    for one in shares:
        by_name[one.creative_id].append(one)
    whole = sum(one.propensity for one in shares) or 1.0
    found = []
    for name, some in by_name.items():
        weight = sum(one.weight for one in some)
        squares = sum(one.weight_squares for one in some)
        largest = max(one.largest_weight for one in some)
        found.append(
            CreativeWeight(
                name,
                sum(one.offered for one in some),
                sum(one.chosen for one in some),
                sum(one.propensity for one in some) / whole,
                min(one.smallest for one in some),
                weight * weight / squares if squares else 0.0,
                largest / weight if weight else 0.0,
            )
        )
    return sorted(found, key=lambda one: (-one.weight, one.creative_id))


def _belief(parts: SeenParts, campaign_id: str) -> dict[str, Any] | None:
    try:
        told = parts.belief(campaign_id)
    except (UnknownReference, StoreUnreachable):
        return None  # none of its creatives is served, or nobody serves
    # How many creatives everybody has is no business of one campaign's people.
    return None if told is None else {name: value for name, value in told.items() if name != "creatives_shown"}
