"""What is told of the days to come: quantiles, never a number alone, or the reason why nothing is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

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


def rising_quantiles(values: Sequence[float]) -> Quantiles:
    """Quantiles from values at ``TOLD_LEVELS`` that may cross: sorted (Chernozhukov et al., Econometrica 78, 2010)."""
    return Quantiles(tuple(sorted(float(value) for value in values)))
