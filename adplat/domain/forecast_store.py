"""The port of kept forecasts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from adplat.domain.forecasts import ForecastScore, KeptForecast, ScoredForecast
from adplat.domain.listing import ListRequest, Page


class ForecastStore(Protocol):
    """Forecasts that were given and what became of them, in SQL; one call is one transaction, its line in the audit
    trail included. Nothing is ever deleted, and no score is ever changed.
    """

    def keep(self, forecast: KeptForecast) -> KeptForecast:
        """Keep it; or give the one of this id that is kept already."""
        ...

    def find(self, forecast_id: str) -> KeptForecast:
        """Raises UnknownReference."""
        ...

    def forecasts(self) -> list[KeptForecast]:
        """Oldest first."""
        ...

    def forecast_page(self, request: ListRequest) -> Page[KeptForecast]:
        """A page, newest first unless it says otherwise. Raises ConfigRejected."""
        ...

    def attach(self, forecast_id: str, campaign_id: str, at: datetime, by: str) -> KeptForecast:
        """Say which campaign carries it out; saying it again changes nothing.

        Raises UnknownReference, and ConfigRejected where it was scored with another campaign.
        """
        ...

    def due_for_scoring(self, now: datetime) -> list[KeptForecast]:
        """Those whose flight is over and of which something is not scored; the flight that ended first comes first."""
        ...

    def add_scores(
        self, forecast_id: str, scores: Sequence[ForecastScore], at: datetime, by: str, *, complete: bool
    ) -> list[ForecastScore]:
        """Keep those of which no score of the same metric, day and revision is kept, and give them back.

        ``complete``: nothing of this forecast waits any more. Raises UnknownReference.
        """
        ...

    def scores(self, forecast_id: str) -> list[ForecastScore]:
        """Of one forecast, in the order in which they were kept; none of one that is unknown."""
        ...

    def totals(self, forecast_ids: Sequence[str]) -> Mapping[str, Sequence[ForecastScore]]:
        """Scores of whole flights by forecast, in the order in which they were kept; those without one are absent."""
        ...

    def scored(self, slices: Mapping[str, str] = MappingProxyType({})) -> list[ScoredForecast]:
        """Forecasts with a score that lie in all of these slices, by the end of their flight."""
        ...

    def completed(self, most: int) -> Iterator[ScoredForecast]:
        """At most so many of which nothing waits any more, the flight that ended last first; totals alone, no days.

        Read in parts, for there may be thousands: what is not looked at any more need not be held.
        """
        ...
