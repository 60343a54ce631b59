"""What is told of the days to come: quantiles, never a number alone, or the reason why nothing is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from adplat.domain.catalogue import Flight
from adplat.domain.errors import ConfigRejected

# The levels of every told distribution; p2.5 to p97.5 is the 95 % interval, p10 to p90 the 80 % interval.
TOLD_LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)


@dataclass(frozen=True, slots=True)
class Quantiles:
    """``values[i]`` is not exceeded with chance ``TOLD_LEVELS[i]``; they never fall."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.values) != len(TOLD_LEVELS):
            raise ValueError(f"{len(self.values)} quantiles for {len(TOLD_LEVELS)} levels")
        if any(low > high for low, high in zip(self.values, self.values[1:], strict=False)):
            raise ValueError(f"quantiles cross: {self.values}")

    def at(self, level: float) -> float:
        """The value of one of ``TOLD_LEVELS``. Raises ValueError for another level."""
        return self.values[TOLD_LEVELS.index(level)]

    def as_document(self) -> dict[str, float]:
        """``{"p2.5": …, "p5": …, "p10": …, …}``."""
        return {f"p{100 * level:g}": value for level, value in zip(TOLD_LEVELS, self.values, strict=True)}

    def interval(self, share: float) -> tuple[float, float]:
        """The ends of the central interval that holds ``share``: 0.5, 0.8, 0.9 or 0.95. Raises ValueError."""
        tail = (1.0 - share) / 2.0
        found = [place for place, level in enumerate(TOLD_LEVELS) if abs(level - tail) < 1e-9]
        if not found:
            raise ValueError(f"no told interval holds {share}")
        return self.values[found[0]], self.values[-1 - found[0]]

    @classmethod
    def from_document(cls, told: Mapping[str, float]) -> Quantiles:
        """Back from ``as_document``. Raises ValueError where a level is missing or they cross."""
        names = [f"p{100 * level:g}" for level in TOLD_LEVELS]
        missing = [name for name in names if name not in told]
        if missing:
            raise ValueError(f"no {missing[0]}")
        return cls(tuple(float(told[name]) for name in names))

    @classmethod
    def certain(cls, value: float) -> Quantiles:
        """What is known already."""
        return cls((value,) * len(TOLD_LEVELS))


class Metric(StrEnum):
    """What a campaign brings. Money in micros; ``reach`` counts people who saw it at least once."""

    IMPRESSIONS = "impressions"
    REACH = "reach"
    CLICKS = "clicks"
    CONVERSIONS = "conversions"
    VALUE = "value_micros"
    SPEND = "spend_micros"


class Refusal(StrEnum):
    """Why no honest forecast exists."""

    TOO_FEW_REQUESTS = "too_few_requests"
    NO_COMPARABLE_CAMPAIGN = "no_comparable_campaign"
    AUDIENCE_BELOW_K = "audience_below_k"
    NO_RESPONSE_MODEL = "no_response_model"
    HORIZON_TOO_LONG = "horizon_too_long"


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal with what was found and what would mend it."""

    reason: Refusal
    what: str
    hint: str


@dataclass(frozen=True, slots=True)
class KeptForecast:
    """A forecast as it was given, so that it can be held against what happened; never changed but for its campaign.

    Args:
        campaign_id: the live campaign that carries it out, attached when it starts; ``None`` before that.
        flight: always with an end.
        plan: the document ``plan``, as plain data.
        document: the result of ``forecast run``, as plain data.
        correction_id: what past campaigns had taught when it was made; empty where nothing had.
        data_from: the span of the data that it was made from.
        slices: what it is grouped by when coverage is told, such as ``{"budget": "tight", "vertical": "food"}``.
        scored_at: when the last of it was scored; ``None`` while something waits.
    """

    forecast_id: str
    made_at: datetime
    name: str
    advertiser_id: str
    campaign_id: str | None
    flight: Flight
    plan: Mapping[str, Any]
    document: Mapping[str, Any]
    bundle_id: str = ""
    correction_id: str = ""
    data_from: datetime | None = None
    data_to: datetime | None = None
    slices: Mapping[str, str] = field(default_factory=dict)
    made_by: str = ""
    scored_at: datetime | None = None

    def __post_init__(self) -> None:
        """Raises ConfigRejected for a flight without an end."""
        _ = self.ends_at

    @property
    def ends_at(self) -> datetime:
        """When the flight is over."""
        if self.flight.end is None:
            raise ConfigRejected(
                "a forecast without an end can never be scored",
                where=f"forecast {self.forecast_id}",
                hint="give its flight an end",
            )
        return self.flight.end

    @property
    def known_to(self) -> datetime:
        """Up to when its maker could know what happened: the end of its data, and never later than it was made."""
        return self.made_at if self.data_to is None else min(self.made_at, self.data_to)

    @property
    def carried_out_by(self) -> str:
        """The campaign that was attached, else the one that the plan names; empty where there is neither."""
        return self.campaign_id or str(self.plan.get("campaign_id") or "")


@dataclass(frozen=True, slots=True)
class ForecastScore:
    """What was told of one metric on one day, or in total, beside what happened.

    Args:
        day: in the plan's time zone; ``None`` is the whole flight.
        actual: all that came of the showings of that day, also what came later.
        pinball: mean pinball loss over ``TOLD_LEVELS``, in units of the metric.
        revision: 0 is the first score; late data make further ones and change none.
        reason: of a revision.
    """

    forecast_id: str
    scored_at: datetime
    metric: Metric
    day: date | None
    actual: float
    quantiles: Quantiles
    pinball: float
    revision: int = 0
    reason: str = ""

    def inside(self, share: float) -> bool:
        """Whether it happened within the interval of 0.5, 0.8, 0.9 or 0.95, its ends counted."""
        low, high = self.quantiles.interval(share)
        return low <= self.actual <= high

    def well_inside(self, share: float) -> bool:
        """The same without the ends: for counts, a share can be judged too large only by this."""
        low, high = self.quantiles.interval(share)
        return low < self.actual < high


@dataclass(frozen=True, slots=True)
class ScoredForecast:
    """A forecast with its scores, in the order in which they were kept."""

    forecast: KeptForecast
    scores: tuple[ForecastScore, ...]

    @property
    def latest(self) -> tuple[ForecastScore, ...]:
        """Of each metric and day the newest revision: what is known now."""
        newest = {(score.metric, score.day): score for score in sorted(self.scores, key=lambda one: one.revision)}
        return tuple(newest.values())

    @property
    def first(self) -> tuple[ForecastScore, ...]:
        """Of each metric and day the first: what a test over time may go by, since it never changes."""
        return tuple(score for score in self.scores if score.revision == 0)


def rising_quantiles(values: Sequence[float]) -> Quantiles:
    """Quantiles from values at ``TOLD_LEVELS`` that may cross: sorted (Chernozhukov et al., Econometrica 78, 2010)."""
    return Quantiles(tuple(sorted(float(value) for value in values)))
