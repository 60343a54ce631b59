"""One creative's delivery by day and by placement, its place among its campaign's, and what their elements are worth.

All of it is from counted days, so a viewer's reports are enough: neither Redis nor the lake is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from adplat.bandit import Knowledge
from adplat.domain import (
    REPORT_METRICS,
    ArmStatistics,
    Comparison,
    Condition,
    ConfigRejected,
    Creative,
    Dimension,
    Interval,
    MetricSums,
    ReportQuestion,
    summed,
)
from adplat.flows.report_delivery import CreativeStanding, Reports, creative_leaderboard, too_little
from adplat.flows.show_elements import effects_document
from adplat.statistics import metric_interval

MOST_OF_ELEMENTS = 200


@dataclass(frozen=True, slots=True)
class Slice:
    """One day, or one placement: ``ctr`` is ``None`` without an impression."""

    name: str
    sums: MetricSums
    ctr: Interval | None


@dataclass(frozen=True, slots=True)
class CreativeStory:
    """A creative beside the others of its campaign over the same days.

    Args:
        standing: ``None`` where it was not shown in these days.
        place: from 1, the likeliest best first; 0 where it has none.
        among: how many creatives of its campaign were counted.
        too_little: why the place says nothing; empty where it says something.
    """

    days: tuple[Slice, ...]
    placements: tuple[Slice, ...]
    standing: CreativeStanding | None
    place: int
    among: int
    too_little: str


def creative_story(report: Reports, creative: Creative, since: date, until: date) -> CreativeStory:
    """Over days of UTC. Raises ConfigRejected for days that are no range."""
    board = creative_leaderboard(report, creative.campaign_id, since, until)
    names = [one.creative_id for one in board]
    place = names.index(creative.creative_id) + 1 if creative.creative_id in names else 0
    placements = _slices(report, creative, since, until, Dimension.PLACEMENT)
    return CreativeStory(
        days=_slices(report, creative, since, until, Dimension.DAY),
        placements=tuple(sorted(placements, key=lambda one: (-one.sums.impressions, one.name))),
        standing=board[place - 1] if place else None,
        place=place,
        among=len(board),
        too_little=too_little(board),
    )


def campaign_elements(
    report: Reports, campaign_id: str, creatives: Sequence[Creative], since: date, until: date
) -> dict[str, Any]:
    """What the elements of these creatives are worth, by what was counted: as ``adplat bandit elements --json``.

    Positions are not counted by day, so their effect is not taken out. Raises ConfigRejected for too many creatives.
    """
    if len(creatives) > MOST_OF_ELEMENTS:
        raise ConfigRejected(
            f"the campaign has more than {MOST_OF_ELEMENTS} creatives",
            where=f"campaign {campaign_id}",
            hint="ask on the machine: adplat bandit elements",
        )
    whole = report(
        ReportQuestion(since, until, (Dimension.CREATIVE,), "UTC", _of_campaign(campaign_id), with_names=False)
    )
    arms = {
        one.creative_id: summed(row.sums for row in whole.rows if row.keys[0] == one.creative_id) for one in creatives
    }
    known = Knowledge.of({name: _arm_of(sums) for name, sums in arms.items() if sums.impressions > 0})
    return effects_document({one.creative_id: one.made_of for one in creatives}, known)


def _slices(report: Reports, creative: Creative, since: date, until: date, by: Dimension) -> tuple[Slice, ...]:
    # The campaign too: metrics have an index by it.
    conditions = (
        *_of_campaign(creative.campaign_id),
        Condition("creative", Comparison.IS, (creative.creative_id,)),
    )
    told = report(ReportQuestion(since, until, (by,), "UTC", conditions))
    ctr = REPORT_METRICS["ctr"]
    return tuple(Slice(row.keys[0], row.sums, metric_interval(ctr, row.sums)) for row in told.rows)


def _of_campaign(campaign_id: str) -> tuple[Condition, ...]:
    return (Condition("campaign", Comparison.IS, (campaign_id,)),)


def _arm_of(sums: MetricSums) -> ArmStatistics:
    expected = sums.expected_clicks or 0.0  # hourly metrics tell it of every impression
    return ArmStatistics(sums.impressions, sums.clicks, sums.conversions, expected, sums.value_micros)
