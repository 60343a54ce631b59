"""Learn what past campaigns teach of forecasts: from results of ``forecast run`` and what came of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from adplat.data import write_bytes
from adplat.domain import Metric, MissingInput, Progress, TableRejected
from adplat.forecast import (
    FEATURE_NAMES,
    CampaignCorrection,
    CountLaw,
    OutcomeLaw,
    PastCampaigns,
    SpendLaw,
    ValueLaw,
    correction_bytes,
    correction_id,
    fit_correction,
    stacked,
)

LAWS: dict[str, type[CountLaw] | type[ValueLaw] | type[SpendLaw]] = {
    law.__name__: law for law in (CountLaw, ValueLaw, SpendLaw)
}


def learn_correction_file(path: Path, out: Path, progress: Progress, *, seed: int = 0) -> dict[str, Any]:
    """Read lines of ``{"forecast": …, "actual": {metric: number}}`` and write ``out``; returns what a person reads.

    ``forecast`` is the document of ``forecast run``; metrics that are left out of ``actual`` teach nothing, ``market``
    (any text) may name whose campaign it was. Raises MissingInput, TableRejected.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        raise MissingInput(
            "no such file", where=str(path), hint="give lines of forecasts and what came of them"
        ) from None
    rows = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except ValueError:
                raise TableRejected("no JSON", where=f"{path}, line {number}", hint="write one object a line") from None
    correction = learn_correction(rows, progress, where=str(path), seed=seed)
    write_bytes(out, correction_bytes(correction))
    return {
        "correction": str(out),
        "correction_id": correction_id(correction),
        "campaigns": correction.campaigns,
        "metrics": {
            metric.value: "trees" if one.trees is not None else "offsets" if one.offsets else "levels"
            for metric, one in correction.metrics.items()
        },
    }


def learn_correction(
    rows: Sequence[Mapping[str, Any]], progress: Progress, *, where: str = "past campaigns", seed: int = 0
) -> CampaignCorrection:
    """See :func:`learn_correction_file`. Without a usable row nothing is corrected. Raises TableRejected."""
    told = [row for row in rows if not row.get("forecast", {}).get("refused")]
    if not told:
        return CampaignCorrection()
    try:
        return fit_correction(_past(told), progress, seed=seed)
    except (KeyError, TypeError, ValueError) as reason:
        raise TableRejected(
            f"a row is no forecast with what came of it: {reason}",
            where=where,
            hint='write {"forecast": the result of forecast run --json, "actual": {"clicks": 12, …}}',
        ) from None


def _past(rows: Sequence[Mapping[str, Any]]) -> PastCampaigns:
    raws = [row["forecast"]["raw"] for row in rows]
    laws, actual = {}, {}
    for metric in Metric:
        # A metric is learned where every forecast told it.
        if all(metric.value in raw["laws"] for raw in raws):
            laws[metric] = stacked([_law(raw["laws"][metric.value]) for raw in raws])
            actual[metric] = np.array([_number(row["actual"].get(metric.value)) for row in rows])
    markets = {name: number for number, name in enumerate(sorted({str(row.get("market", "")) for row in rows}))}
    plans = [row["forecast"]["plan"] for row in rows]
    return PastCampaigns(
        FEATURE_NAMES,
        np.array([[float(raw["features"][name]) for name in FEATURE_NAMES] for raw in raws]),
        np.array([int(raw["slice"]) for raw in raws], dtype=np.int64),
        laws,
        actual,
        np.array([markets[str(row.get("market", ""))] for row in rows], dtype=np.int64),
        np.array([_seconds(plan["start"]) for plan in plans]),
        np.array([_seconds(plan["end"]) for plan in plans]),
    )


def _law(told: Mapping[str, Any]) -> OutcomeLaw:
    kind = LAWS[told["kind"]]
    values: dict[str, Any] = {
        name: float(value) if name == "told_full" else np.array([float(value)])
        for name, value in told.items()
        if name != "kind"
    }
    return kind(**values)


def _number(told: object) -> float:
    return float("nan") if told is None else float(str(told))


def _seconds(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()
