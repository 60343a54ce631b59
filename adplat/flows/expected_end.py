"""When a running experiment will have the units that were planned, by the traffic that it has had and has now.

A plan tells how many units come in a day while the first share of them takes part. Of another share so many more come
as it is larger, from the raise on. Who comes often comes in soon after a raise, so that the end is told rather late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec

from adplat.domain import ExperimentState, KeptExperiment
from adplat.experiments import planned_spec, power_at, setup_of

_DAY = timedelta(days=1)
_MOST_DAYS = 36_500.0
# Since when, and how many units then come for each that came at first.
_Pace = tuple[datetime, float]


@dataclass(frozen=True, slots=True)
class ExpectedEnd:
    """What the plan says by now.

    Args:
        at: when the planned units will have come; ``first_at``: when they were to come, had nothing been raised.
        units: that will have come at ``first_at``; they show the planned effect with ``power``.
    """

    at: datetime
    first_at: datetime
    units: int
    power: float


def expected_end(kept: KeptExperiment) -> ExpectedEnd | None:
    """``None`` where it is not running, or where its plan told no days or no traffic to begin with."""
    experiment, planned = kept.experiment, kept.setup["planned"]
    days, started_at = planned.get("duration_days"), experiment.started_at
    if experiment.state is not ExperimentState.RUNNING or started_at is None or days is None or days > _MOST_DAYS:
        return None
    first_at = started_at + days * _DAY
    if not kept.raises:
        return ExpectedEnd(first_at, first_at, planned["units"], planned["power"])
    first = float(kept.setup["experiment"]["traffic"])
    if first == 0.0:
        return None
    paces = [(started_at, 1.0), *((one.at, one.share / first) for one in kept.raises)]
    units = planned["units"] * _first_days(paces, first_at) / days
    return ExpectedEnd(_when(paces, days), first_at, round(units), _power(kept, units))


def _when(paces: Sequence[_Pace], days: float) -> datetime:
    """When so many units have come as at first would have come in ``days``."""
    left = days
    for (since, pace), (until, _) in pairwise(paces):
        come = pace * ((until - since) / _DAY)
        if come >= left:
            return since + left / pace * _DAY
        left -= come
    since, pace = paces[-1]
    return since + left / pace * _DAY


def _first_days(paces: Sequence[_Pace], until: datetime) -> float:
    """In how many days as many units would have come at first as come ``until`` then."""
    ends = [*(since for since, _ in paces[1:]), until]
    return sum(
        pace * max(0.0, (min(end, until) - since) / _DAY) for (since, pace), end in zip(paces, ends, strict=True)
    )


def _power(kept: KeptExperiment, units: float) -> float:
    setup = setup_of(kept.setup)
    spec = planned_spec(setup, f"experiment {kept.experiment_id}")
    # A sequence is sharpest at the size that was planned, and stays so.
    return power_at(msgspec.structs.replace(spec, sequential_tuning=setup.analysis.get("sequential_tuning")), units)
