"""What is asked of the lake, in plain words; the analysis that asks stands elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

Value = str | int | float | bool | None
MEASURES = ("impressions", "clicks", "conversions", "value_micros", "spend_micros")
LATE_MEASURES = ("conversions", "value_micros")  # what may still come when a showing is a few days old


@dataclass(frozen=True, slots=True)
class TrafficRules:
    """What is no person's traffic. ``None`` switches a rule off.

    ``marked`` names columns and the values that mark a row as invalid; the others judge a unit by its rows as they
    came, repeated clicks included.
    """

    marked: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    least_click_delay_ms: float | None = None
    most_impressions_a_day: int | None = None
    most_click_rate: float | None = None
    from_clicks: int = 20


@dataclass(frozen=True, slots=True)
class ExposureQuestion:
    """Which showings, of which arms, summed up how.

    Args:
        unit: the column that says who was assigned.
        arms: by arm, the control first, the values of ``arm_column``; of an ``experiment`` its arms' names.
        arm_column: a column of impressions; ``None`` takes the lake's ``experiments`` ("experiment:arm" entries).
        since, until: showings from and before these moments; ``None`` is open.
        as_of: what came later is not looked at; ``None`` is the newest row of the lake.
        measure, per: of ``MEASURES``; ``per`` is the denominator of a ratio.
        at_least_once: a unit counts 1 when its measure is above 0, else 0.
        context: columns whose values at a unit's first showing are wanted; ``optional_context`` likewise, where the
            lake has them.
        covariate_s: seconds before ``since`` over which the measure is the covariate.
        window_s: outcomes count for so long after a showing, and showings younger than it are immature.
        corrected: immature showings count by the share of conversions that had the time to come.
    """

    unit: str
    arms: tuple[tuple[Value, ...], ...]
    measure: str
    per: str | None = None
    arm_column: str | None = None
    experiment: str | None = None
    at_least_once: bool = False
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    filters: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    context: tuple[str, ...] = ()
    optional_context: tuple[str, ...] = ()
    covariate_s: float | None = None
    conversion_kind: str | None = None
    window_s: float | None = None
    corrected: bool = False
    rules: TrafficRules = TrafficRules()

    @property
    def measures(self) -> tuple[str, ...]:
        """The measure and, of a ratio, its denominator."""
        return (self.measure,) if self.per is None else (self.measure, self.per)
