"""What is known of the creatives of a plan: how often they are clicked, what comes of it, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from adplat.forecast.conversion_value import ConversionValue
from adplat.forecast.fatigue import Fatigue
from adplat.forecast.response import UncertainRate


@dataclass(frozen=True, slots=True)
class CreativeResponse:
    """One creative over the openings that the plan is eligible for.

    Args:
        creative_id: of the catalogue, or ``new:1``, ``new:2`` … for the plan's ``new_creatives`` in order.
        click_rate: clicks a showing, of a person's first showing; later ones times ``Fatigue.factor``.
        cell_factors: click rate of a placement over ``click_rate``, for every placement among the openings.
        conversion_rate: conversions a click, once all have come that come within the window of ``PlanResponse``;
            ``None`` where nobody knows.
        value: what a conversion is worth; ``None`` where nobody knows.
        model_p_ctr: what the bundle says in the mean; ``None`` without a bundle.
        model_p_cvr: the same of conversions; ``None`` also for a bundle without that head.
        impressions: the creative's own showings in the log.
        clicks: of those.
        category: what it advertises; empty where nobody said.
    """

    creative_id: str
    click_rate: UncertainRate
    cell_factors: Mapping[str, float]
    conversion_rate: UncertainRate | None = None
    value: ConversionValue | None = None
    model_p_ctr: float | None = None
    model_p_cvr: float | None = None
    impressions: int = 0
    clicks: int = 0
    category: str = ""


@dataclass(frozen=True, slots=True)
class PlanResponse:
    """The creatives of a plan in its order: those of the catalogue, then the new ones.

    ``conversion_window_s`` is how long conversions are waited for: the log tells nothing of later ones.
    ``conversions_unknown`` says why there are no conversion rates, empty where there are. ``trust`` tells, by name,
    what was learned of the model. ``notes`` are sentences for a person. ``bundle_id`` is empty without a bundle.
    """

    creatives: tuple[CreativeResponse, ...]
    fatigue: Fatigue
    as_of: datetime
    data_from: datetime
    data_to: datetime
    conversion_window_s: float = 0.0
    conversions_unknown: str = ""
    bundle_id: str = ""
    openings: int = 0
    trust: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
