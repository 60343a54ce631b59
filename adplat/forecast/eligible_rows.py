"""What a targeting asks of columns of logged opportunities: the rule of the market room's index, value by value.

The index answers which of many ads may stand at one opportunity; here one campaign is asked about many opportunities,
so each distinct value of a column is judged once. Nothing said restricts nothing; a fact that nobody told meets no
wish and breaks no exclusion. The log does not tell the content of pages, so ``excluded_content`` excludes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from adplat.domain import Targeting
from adplat.forecast.arrays import Floats
from adplat.market import FACT_OF, domain_and_above, hour_of_week, time_zone_named, wished

Bool = npt.NDArray[np.bool_]
QUARTER_S = 900
"""Local hours of every time zone in use begin on a quarter of an hour of UTC."""
_COLUMN_OF_FACT = {"segment": "segments"}


@dataclass(frozen=True, slots=True)
class Wish:
    """One condition on one column: whether a value meets it, and whether a row without one does."""

    column: str
    meets: Callable[[str], bool]
    if_not_told: bool

    def flags(self, values: Sequence[str]) -> Bool:
        """(len(values) + 1,) by value; the last is that of rows where nothing is told."""
        return np.array([*map(self.meets, values), self.if_not_told], dtype=np.bool_)


def wishes_of(targeting: Targeting) -> list[Wish]:
    """The conditions that restrict anything, hours apart."""
    wishes: list[Wish] = []
    for condition, fact in FACT_OF.items():
        wanted = frozenset(wished(targeting, condition))
        if wanted:
            wishes.append(Wish(_COLUMN_OF_FACT.get(fact, fact), _any_of(wanted), if_not_told=False))
    if targeting.placements:
        wishes.append(Wish("placement", frozenset(targeting.placements).__contains__, if_not_told=False))
    if targeting.sites:
        wanted = frozenset(map(str.lower, targeting.sites))
        wishes.append(Wish("site", lambda told: not wanted.isdisjoint(_site_names(told)), if_not_told=False))
    if targeting.excluded_sites:
        barred = frozenset(map(str.lower, targeting.excluded_sites))
        wishes.append(Wish("site", lambda told: barred.isdisjoint(_site_names(told)), if_not_told=True))
    return wishes


def hours_met(at_s: Floats, targeting: Targeting, time_zone: str) -> Bool:
    """(N,) whether each moment lies in one of the targeting's hours of the week. Raises ConfigRejected for a zone."""
    time_zone_named(time_zone)
    if not targeting.hours_of_week:
        return np.ones(len(at_s), dtype=np.bool_)
    quarters, places = np.unique(np.floor_divide(at_s, QUARTER_S).astype(np.int64), return_inverse=True)
    wanted = frozenset(targeting.hours_of_week)
    local = [hour_of_week(datetime.fromtimestamp(quarter * QUARTER_S, UTC), time_zone) for quarter in quarters.tolist()]
    flags: Bool = np.array([hour in wanted for hour in local], dtype=np.bool_)[places]
    return flags


def _any_of(wanted: frozenset[str]) -> Callable[[str], bool]:
    return lambda told: not wanted.isdisjoint(told.split("|"))


def _site_names(told: str) -> list[str]:
    """A site stands for the domains above it, an app for itself; the log has both in one column."""
    return [above for one in told.split("|") for above in (one.lower(), *domain_and_above(one))]
