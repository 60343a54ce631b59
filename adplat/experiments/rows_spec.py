"""The part of a specification that asks rows of a lake for the sums: who was assigned, which arms, what is measured."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Scalar = str | int | float | bool
Filter = str | int | float | bool | list[str | int | float | bool | None] | None
Measure = Literal["impressions", "clicks", "conversions", "value_micros", "spend_micros"]
LATE_MEASURES = ("conversions", "value_micros")
DEFAULT_MATURITY_DAYS = 7.0
CONTEXT_COLUMNS = ("device", "region", "language", "placement", "consent")


class RowArms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The arms, the control first: values of a ``column`` of impressions, or of an experiment the names of its arms.

    A mapping gives arms names of their own, and several values each: ``{"plain": ["c1", "c2"], "bright": "c3"}``.
    """

    values: list[Scalar] | dict[str, str | int | float | bool | list[str | int | float | bool]]
    column: str | None = None


class InvalidTraffic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rules by which traffic is no person's; ``null`` switches one off. What they leave out is counted.

    ``marked``: rows whose column has one of the values. ``least_click_delay_ms``: clicks sooner after their showing.
    ``most_impressions_a_day``: units with more on any day (UTC). ``most_click_rate``: units with more clicks a showing,
    repeated clicks included, that have at least ``from_clicks``.
    """

    marked: dict[str, Filter] = {}
    least_click_delay_ms: float | None = None
    most_impressions_a_day: int | None = 1000
    most_click_rate: float | None = 0.5
    from_clicks: int = 20


class RowData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows in place of sums.

    Args:
        measure: what is summed up for each unit: ``kind`` proportion counts units that have any of it.
        per: the denominator of a ratio, of the same words.
        lake: the lake's folder, or the workspace or world around it.
        experiment: its id, where decisions carry the arm they were assigned ("id:arm" in the column ``experiments``).
        unit: the column of impressions that was assigned to arms; ``decision_id`` makes every showing a unit.
        since, until: showings from and before these moments; ``as_of``: what came later is not looked at (if not told,
            the lake's newest row).
        filters: a showing counts if each of these columns has the value, or one of them.
        dimensions: columns whose values are compared each for themselves, by what a unit's first showing has there.
        strata: a column to post-stratify by, likewise.
        covariate_days: the same measure over so many days before ``since`` is the covariate.
        conversion_kind: conversions of this kind alone.
        maturity_days: outcomes count for so long after a showing; 7 if conversions or their value are measured.
        maturity: showings younger than that are left out, or counted by the share that had the time to come.
        balance: columns that must not differ between arms; device, region, language, placement, consent if not told.
    """

    measure: Measure
    arms: RowArms
    per: Measure | None = None
    lake: str | None = None
    experiment: str | None = None
    unit: str = "user_key"
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    filters: dict[str, Filter] = {}
    dimensions: list[str] = []
    strata: str | None = None
    covariate_days: float | None = None
    conversion_kind: str | None = None
    maturity_days: float | None = None
    maturity: Literal["exclude", "correct"] = "exclude"
    invalid_traffic: InvalidTraffic = msgspec.field(default_factory=InvalidTraffic)
    balance: list[str] | None = None

    @property
    def measures(self) -> tuple[str, ...]:
        """The measure and, of a ratio, its denominator."""
        return (self.measure,) if self.per is None else (self.measure, self.per)

    @property
    def window_minutes(self) -> int | None:
        """For how many whole minutes outcomes count after a showing; ``None`` for as long as is known."""
        days = self.maturity_days
        if days is None:
            if not any(name in LATE_MEASURES for name in self.measures):
                return None
            days = DEFAULT_MATURITY_DAYS
        return max(round(days * 1440.0), 1)

    def arm_values(self) -> dict[str, tuple[Scalar, ...]]:
        """The values of each arm by its name, the control first."""
        told = self.arms.values
        if isinstance(told, list):
            return {_text(value): (value,) for value in told}
        return {name: tuple(one) if isinstance(one, list) else (one,) for name, one in told.items()}


def _text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
