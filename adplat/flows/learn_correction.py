"""Learn what past campaigns teach of forecasts: from results of ``forecast run`` and what came of them.

Nobody learns from quantiles that were told: they may have been corrected already, and a correction of those would chase
itself. A result keeps its raw laws beside them (``raw``), and these alone are held against what happened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from adplat.data import write_bytes
from adplat.domain import Metric, MissingInput, Progress, TableRejected
from adplat.forecast import (
    FEATURE_NAMES,
    FEWEST_CAMPAIGNS,
    CampaignCorrection,
    CorrectionTrial,
    CountLaw,
    OutcomeLaw,
    PastCampaigns,
    SpendLaw,
    ValueLaw,
    correction_bytes,
    correction_id,
    stacked,
    tried_correction,
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
    return write_learned(past_of_rows(rows, where=str(path)), out, progress, seed=seed)


def write_learned(past: PastCampaigns | None, out: Path, progress: Progress, *, seed: int = 0) -> dict[str, Any]:
    """Learn and write ``out``, whole; the document of ``forecast learn``.

    What no longer helps is written too, as a correction of nothing: it takes the place of one that once did. From fewer
    than ``FEWEST_CAMPAIGNS`` nothing is learned, and ``out`` is left as it is; ``correction`` is ``None`` then.
    """
    campaigns = 0 if past is None else len(past)
    if past is None or campaigns < FEWEST_CAMPAIGNS:
        return _document(None, CampaignCorrection(), campaigns, {})
    correction, trials = tried_correction(past, progress, seed=seed)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(out, correction_bytes(correction))
    return _document(out, correction, campaigns, trials)


def _document(
    out: Path | None, correction: CampaignCorrection, campaigns: int, trials: Mapping[Metric, CorrectionTrial]
) -> dict[str, Any]:
    return {
        "correction": None if out is None else str(out),
        "correction_id": correction_id(correction),
        "campaigns": campaigns,
        "fewest": FEWEST_CAMPAIGNS,
        "metrics": {metric.value: asdict(trial) for metric, trial in trials.items()},
    }


def past_of_rows(rows: Sequence[Mapping[str, Any]], *, where: str) -> PastCampaigns | None:
    """As ``learn_correction_file`` reads them; ``None`` where all were refused. Raises TableRejected."""
    told = [row for row in rows if not row.get("forecast", {}).get("refused")]
    try:
        return _past(told) if told else None
    except (KeyError, TypeError, ValueError, AttributeError) as reason:
        raise TableRejected(
            f"a row is no forecast with what came of it: {reason}",
            where=where,
            hint='write {"forecast": the result of forecast run --json, "actual": {"clicks": 12, …}}',
        ) from None


def _past(rows: Sequence[Mapping[str, Any]]) -> PastCampaigns:
    raws = [row["forecast"]["raw"] for row in rows]
    laws, actual = {}, {}
    for metric in Metric:
        told = [_law(raw["laws"][metric.value]) if metric.value in raw["laws"] else None for raw in raws]
        known = [law for law in told if law is not None]
        if not known:
            continue
        # Where a forecast did not tell it, any law stands for it: what happened is then unknown, so it teaches nothing.
        laws[metric] = stacked([known[0] if law is None else law for law in told])
        actual[metric] = np.array(
            [
                float("nan") if law is None else _number(row["actual"].get(metric.value))
                for law, row in zip(told, rows, strict=True)
            ]
        )
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
