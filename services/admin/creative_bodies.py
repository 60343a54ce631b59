"""What goes over the wire of elements of creatives."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class ElementOut(BaseModel):
    """``factor``: clicks over those expected, beside the mean of its kind; ``factor_low`` and ``_high`` its 90 %."""

    kind: str
    value: str
    factor: float
    factor_low: float
    factor_high: float
    evidence: dict[str, Any]


class ElementsOut(BaseModel):
    """As ``adplat bandit elements --json`` tells it, of one campaign and some days."""

    campaign: str
    creatives: int
    deviations: dict[str, float]
    elements: list[ElementOut]
    pairs: list[dict[str, Any]]
