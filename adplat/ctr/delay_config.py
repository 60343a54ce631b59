"""What a training run is told about outcomes that come late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from adplat.domain import ConfigRejected

Method = Literal["vanilla", "fixed_window", "importance", "survival", "oracle"]


@dataclass(frozen=True, slots=True)
class DelayConfig:
    """How training treats conversions that have not arrived yet; ``method`` is one of ``delayed_feedback``.

    ``as_of`` is the moment at which the log was read (ISO 8601, UTC where it names no zone): rows and arrivals
    after it are not seen; empty means the latest moment in the data. ``window_days`` is how long after its row a
    conversion still counts. ``wait_hours`` is the least age of rows that ``fixed_window`` learns from. ``by`` names the
    categorical features whose values wait differently long.
    """

    method: Method = "vanilla"
    as_of: str = ""
    window_days: float = 30.0
    wait_hours: float = 24.0
    by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, low, high in (("window_days", 0.01, 365.0), ("wait_hours", 0.01, 8760.0)):
            if not low <= getattr(self, name) <= high:
                raise ConfigRejected(
                    f"{name} is {getattr(self, name)}",
                    where=f"delayed: {name}",
                    hint=f"give a value between {low:g} and {high:g}",
                )
        self.as_of_s()

    def as_of_s(self) -> float | None:
        """``as_of`` in unix seconds; None where the data decide. Raises ConfigRejected."""
        if not self.as_of:
            return None
        try:
            moment = datetime.fromisoformat(self.as_of)
        except ValueError:
            raise ConfigRejected(
                f"as_of {self.as_of!r} is no time",
                where="delayed: as_of",
                hint="write it like 2026-09-21T00:00:00+00:00",
            ) from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()

    @property
    def window_s(self) -> float:
        """``window_days`` in seconds."""
        return self.window_days * 86_400.0
