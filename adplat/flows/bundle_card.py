"""What a person should know of a bundle before trusting it, as plain data: what made it, how good it was, where.

The figures stand in the bundle's own folder. One that is no longer in its place, or was made before curves were kept
with bundles, still has its row in the registry, and the card says what is missing.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adplat.ctr import read_figures
from adplat.data import read_feature_schema
from adplat.domain import (
    REPORT_METRICS,
    BundleDeployment,
    InputError,
    LiveBundles,
    MetricSums,
    ModelBundle,
    RegisteredBundle,
)
from adplat.flows.describe_registry import bundle_document, deployment_document
from adplat.statistics import metric_interval

Told = dict[str, Any]


def bundle_row(one: RegisteredBundle) -> Told:
    """One bundle of a list."""
    told = bundle_document(one)
    return told | {"kind": kind_of(one.bundle), "metrics": _finite(told["metrics"])}


def bundle_card(
    one: RegisteredBundle, history: Sequence[BundleDeployment], live: LiveBundles, rival: ModelBundle | None
) -> Told:
    """All that is known of one; ``rival`` is the live bundle."""
    bundle, folder = one.bundle, Path(one.bundle.path)
    figures: Mapping[str, Any] = {}
    features: list[str] | None = None
    trouble = None
    try:
        figures = read_figures(folder)
        features = [feature.name for feature in read_feature_schema(folder / "schema.yaml").features]
    except InputError as reason:
        trouble = str(reason)
    config = dict(bundle.config)
    slices = figures.get("slices")
    baselines = figures.get("baselines")
    return bundle_row(one) | {
        "config": config,
        "config_sha256": hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest(),
        "features": features,
        "pcoc": pcoc_of(bundle.metrics),
        "curves": figures.get("curves"),
        "slices": None if slices is None else [slice_of(name, told) for name, told in slices.items()],
        "baselines": None if baselines is None else {name: _finite(told) for name, told in baselines.items()},
        "history": [deployment_document(line) for line in history],
        "changes": changes_of(bundle, live, rival),
        "trouble": trouble,
    }


def kind_of(bundle: ModelBundle) -> str:
    """``network``, ``lightgbm`` or ``contrast``."""
    return str(bundle.config.get("model", {}).get("kind", "network"))


def changes_of(bundle: ModelBundle, live: LiveBundles, rival: ModelBundle | None) -> Told:
    """What its going live would change, beside what clicks are foretold by."""
    is_live = live.live == bundle.bundle_id
    other_schema = rival is not None and rival.schema_digest != bundle.schema_digest
    return {
        "is_live": is_live,
        "instead_of": None if is_live else live.live or None,
        "other_schema": other_schema,
        # A shadow ends where it goes live itself, and where users are packed for another schema.
        "ends_shadow": (live.shadow or None) if other_schema or live.shadow == bundle.bundle_id else None,
    }


def slice_of(name: str, told: Mapping[str, Any]) -> Told:
    """One slice with the exact interval of its PCOC."""
    return {
        "name": name,
        "rows": int(told.get("rows") or 0),
        "positives": int(told.get("positives") or 0),
        "pcoc": pcoc_of(told),
        "auc": told.get("auc"),
    }


def pcoc_of(told: Mapping[str, Any]) -> Told:
    """PCOC of measures (``ctr.quality.measure``) with its exact interval, which rows, clicks and PCOC determine."""
    value = told.get("pcoc")
    rows, clicks = told.get("rows"), told.get("positives")
    if value is None or not math.isfinite(value) or not rows or not clicks:
        return {"value": value if value is not None and math.isfinite(value) else None, "low": None, "high": None}
    sums = MetricSums(impressions=int(rows), clicks=int(clicks), expected_clicks=value * clicks)
    return interval_of(sums)


def interval_of(sums: MetricSums, level: float = 0.95) -> Told:
    """PCOC of what was counted."""
    metric = REPORT_METRICS["pcoc"]
    found = metric_interval(metric, sums, level=level)
    if found is None:
        return {"value": metric.of(sums), "low": None, "high": None}
    return {"value": found.value, "low": found.low, "high": found.high}


def _finite(told: Mapping[str, Any]) -> Told:
    """The overall figures; what JSON cannot say is told as null."""
    return {
        name: float(value) if isinstance(value, int | float) and math.isfinite(value) else None
        for name, value in told.items()
        if value is None or isinstance(value, int | float)
    }
