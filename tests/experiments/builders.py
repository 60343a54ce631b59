"""Sums of simulated or given units, and the analysis of a plain specification."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from adplat.experiments import analyze, parse_spec


def analysed(
    kind: str, arms: Sequence[dict[str, Any]], *, direction: str = "higher", **settings: Any
) -> dict[str, Any]:
    """The document of an analysis; it must be JSON without NaN."""
    metric = {"name": "metric", "kind": kind, "direction": direction}
    if kind == "quantile":
        metric["quantile"] = settings.pop("quantile")
    document = analyze(parse_spec({"metric": metric, "arms": list(arms), **settings}, where="spec"))
    json.dumps(document, allow_nan=False)
    return document


def compared(kind: str, arms: Sequence[dict[str, Any]], **settings: Any) -> dict[str, Any]:
    """The only comparison of two arms."""
    (one,) = analysed(kind, arms, **settings)["comparisons"]
    return dict(one)


def mean_arm(name: str, values: np.ndarray, **more: Any) -> dict[str, Any]:
    """An arm of a mean from its units' values."""
    return {
        "name": name,
        "n": len(values),
        "sum": float(values.sum()),
        "sum_squares": float((values**2).sum()),
        **more,
    }


def covariate_of(before: np.ndarray, values: np.ndarray, **more: Any) -> dict[str, Any]:
    """The sums of a covariate."""
    return {
        "sum": float(before.sum()),
        "sum_squares": float((before**2).sum()),
        "sum_products": float((before * values).sum()),
        **more,
    }
