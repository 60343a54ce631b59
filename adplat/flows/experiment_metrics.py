"""Metrics of reports as metrics of experiments: the same sums over the same sums, and which way is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import msgspec

from adplat.domain import REPORT_METRICS, ConfigRejected
from adplat.experiments import Measure

_FALLING = frozenset({"cpc", "cpa"})
_TESTED = ("ctr", "cvr", "cpc", "cpa", "roas")


@dataclass(frozen=True, slots=True)
class ExperimentMetric:
    """``measure`` and ``per`` are those of rows (``adplat schema experiment``)."""

    name: str
    kind: Literal["proportion", "mean", "ratio"]
    measure: Measure
    per: Measure | None = None
    direction: Literal["higher", "lower"] = "higher"

    def metric_document(self) -> dict[str, Any]:
        """The field ``metric`` of an analysis."""
        return {"name": self.name, "kind": self.kind, "direction": self.direction}

    def data_document(self) -> dict[str, Any]:
        """The field ``data`` of an analysis."""
        return {"measure": self.measure} | ({"per": self.per} if self.per else {})


def _of_reports(name: str) -> ExperimentMetric:
    told = REPORT_METRICS[name]
    measures = msgspec.convert((told.above, told.below), tuple[Measure, Measure])
    return ExperimentMetric(name, "ratio", *measures, "lower" if name in _FALLING else "higher")


_ALL = (
    *(_of_reports(name) for name in _TESTED),
    ExperimentMetric("buyers", "proportion", "conversions"),
    ExperimentMetric("value_per_unit", "mean", "value_micros"),
)
EXPERIMENT_METRICS: Mapping[str, ExperimentMetric] = MappingProxyType({one.name: one for one in _ALL})
"""By name: those of reports that are one sum over another, the share of units that convert, and a unit's value."""


def experiment_metric(name: str) -> ExperimentMetric:
    """Raises ConfigRejected for a name that is none."""
    if name not in EXPERIMENT_METRICS:
        raise ConfigRejected(
            f"{name[:64]!r} is no metric of experiments",
            where="metric",
            hint=f"use one of: {', '.join(EXPERIMENT_METRICS)}",
        )
    return EXPERIMENT_METRICS[name]
