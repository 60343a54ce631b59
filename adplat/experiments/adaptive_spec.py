"""The document that asks for an analysis of arms whose shares a bandit moved: the same question, asked of rows.

Sums would not do: what a click says depends on how likely its arm was at that moment. Settings are those of
``ExperimentSpec`` and mean the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from adplat.domain import ConfigRejected
from adplat.experiments.document import document_of
from adplat.experiments.spec import Arm, ExperimentSpec, Gates, Metric, Prior
from adplat.experiments.spec_checks import check_names, check_settings

ADAPTIVE = "adaptive"


class AdaptiveArm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One arm, by the name that the rows have for it (in a lake its creative id)."""

    name: str


class AdaptiveData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows from a lake, given its folder or the workspace or world around it: impressions, their reward a click.

    ``since`` (included) and ``until`` (excluded) are moments in ISO 8601, of the impression.
    """

    lake: str
    since: str | None = None
    until: str | None = None


class AdaptiveSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole question. Exactly one of ``rows`` (a Parquet or CSV file, or the rows themselves) and ``data``.

    ``propensities``: ``by_row`` if they depend on the row's own context (user, placement, pCTR), ``by_moment`` if they
    follow from what had been learned alone and every row of a moment has the same.
    """

    metric: Metric
    arms: list[AdaptiveArm]
    allocation: Literal["adaptive"]
    rows: str | list[dict[str, Any]] | None = None
    data: AdaptiveData | None = None
    propensities: Literal["by_row", "by_moment"] = "by_row"
    method: Literal["fixed", "sequential", "bayesian"] = "fixed"
    difference: Literal["relative", "absolute"] = "relative"
    alternative: Literal["two-sided", "greater", "less"] = "two-sided"
    alpha: float = 0.05
    sequential_tuning: float = 5000
    correction: Literal["none", "holm", "bh"] = "none"
    prior: Prior | None = None
    name: str | None = None
    non_inferiority_margin: float | None = None
    gates: Gates | None = None
    age_days: float | None = None


def is_adaptive(content: Mapping[str, Any]) -> bool:
    """Whether a document is an ``AdaptiveSpec``."""
    return content.get("allocation") == ADAPTIVE


def parse_adaptive_spec(content: Mapping[str, Any], *, where: str) -> AdaptiveSpec:
    """The specification in a plain mapping. Raises ConfigRejected as ``parse_spec`` does."""
    if content.get("method") == "group-sequential":
        raise ConfigRejected(
            "group-sequential boundaries hold for planned shares only",
            where=f"{where}: method",
            hint='take "sequential", which may be looked at as often as you like',
        )
    spec = document_of(content, AdaptiveSpec, schema="experiment-adaptive", where=where)
    if spec.metric.kind not in {"proportion", "mean"}:
        raise ConfigRejected(
            f"arms that a bandit moved have no analysis of kind {spec.metric.kind!r}",
            where=f"{where}: metric",
            hint='take the kind "proportion" (rewards 0 and 1) or "mean"',
        )
    if (spec.rows is None) == (spec.data is None):
        raise ConfigRejected(
            "give either rows or data", where=where, hint='"rows": a file or a list, or "data": {"lake": a folder}'
        )
    if spec.data is not None and spec.metric.kind != "proportion":
        raise ConfigRejected(
            "the reward of a lake's row is a click", where=f"{where}: metric", hint='take the kind "proportion"'
        )
    check_settings(as_plain(spec, []), where)
    check_names([arm.name for arm in spec.arms], where)
    return spec


def as_plain(spec: AdaptiveSpec, arms: list[Arm]) -> ExperimentSpec:
    """The same question with plain arms, for whatever asks a specification for its settings."""
    return ExperimentSpec(
        metric=spec.metric,
        arms=arms,
        method=spec.method,
        difference=spec.difference,
        alternative=spec.alternative,
        alpha=spec.alpha,
        sequential_tuning=spec.sequential_tuning,
        correction=spec.correction,
        prior=spec.prior,
        name=spec.name,
        non_inferiority_margin=spec.non_inferiority_margin,
        gates=spec.gates,
        age_days=spec.age_days,
    )
