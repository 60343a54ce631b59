"""A correction as bytes: one JSON document, trees as LightGBM's own text. No pickle."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict
from typing import Any

from adplat.domain import ConfigRejected, Metric
from adplat.forecast.campaign_correction import CampaignCorrection, MetricCorrection
from adplat.forecast.campaign_levels import NAMES, SliceLevels
from adplat.forecast.correction_trees import ScoreTrees

FORMAT = "adplat campaign correction 1"


def correction_bytes(correction: CampaignCorrection) -> bytes:
    """The file of a correction; the same correction is the same bytes."""
    told = {
        "format": FORMAT,
        "names": list(correction.names),
        "campaigns": correction.campaigns,
        "own": correction.own,
        "metrics": {metric.value: _told(one) for metric, one in sorted(correction.metrics.items())},
    }
    return (json.dumps(told, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()


def correction_of_bytes(content: bytes, *, where: str) -> CampaignCorrection:
    """Raises ConfigRejected where this is no correction, or a damaged one."""
    try:
        told = json.loads(content)
        if told["format"] != FORMAT:
            raise _refused(where)
        return CampaignCorrection(
            tuple(map(str, told["names"])),
            {Metric(name): _metric(one) for name, one in told["metrics"].items()},
            int(told["campaigns"]),
            int(told["own"]),
        )
    except (KeyError, ValueError, TypeError, AttributeError):
        raise _refused(where) from None


def correction_id(correction: CampaignCorrection) -> str:
    """Twelve hex digits of its bytes; empty for the one that corrects nothing."""
    if not correction.metrics:
        return ""
    return hashlib.sha256(correction_bytes(correction)).hexdigest()[:12]


def _told(one: MetricCorrection) -> dict[str, Any]:
    """JSON knows no infinity: ``null`` is a prior that lets no market speak for itself."""
    return asdict(one) | {"own_prior": one.own_prior if math.isfinite(one.own_prior) else None}


def _metric(told: dict[str, Any]) -> MetricCorrection:
    texts = told["trees"]
    trees = None
    if texts is not None:
        low, middle, high = map(str, texts["texts"])
        trees = ScoreTrees((low, middle, high))
    rows = tuple(tuple(map(float, row)) for row in told["levels"]["rows"])
    if not rows or any(len(row) != len(NAMES) for row in rows):
        raise ValueError("levels")
    return MetricCorrection(
        float(told["offset"]),
        tuple(map(float, told["offsets"])),
        float(told["spread"]),
        trees,
        float(told["own"]),
        math.inf if told["own_prior"] is None else float(told["own_prior"]),
        SliceLevels(rows),
    )


def _refused(where: str) -> ConfigRejected:
    return ConfigRejected("this is no whole campaign correction", where=where, hint="learn it again")
