"""What the shadow would have said, held against what came back, beside what the live bundle said.

Both are judged on the creatives that were shown, and those were chosen with the live bundle's scores: where it
overrates a creative it shows it more, so its own PCOC is flattered least. Level and order are compared on equal
rows; what the shadow's own choices would have earned is a question for an experiment.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat import statistics
from adplat.ctr import Judged, JudgedScores, compare
from adplat.data import Lake, training_rows
from adplat.domain import MissingInput, Progress, UnknownReference

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
SERVED = "served"
SLICED_BY = "placement"
_FEWEST_OF_A_SLICE = 200


def report_shadow(folder: Path, rng: np.random.Generator, progress: Progress, *, bundle: str = "") -> dict[str, Any]:
    """The document of ``adplat model shadow-report --json`` for the lake in ``folder``.

    ``bundle`` is the beginning of the shadow's id; by default the one that scored last. ``scored`` counts its
    decisions, ``shown`` those that came back; ``outcomes`` is the comparison (a the live one, b the shadow), absent
    while nothing came back. Raises MissingInput (no shadow ever scored here), UnknownReference.
    """
    scored = _scored(folder, bundle)
    shadow_id = str(scored["shadow_bundle_id"][0])
    told: dict[str, Any] = {
        "shadow_bundle_id": shadow_id,
        "live_bundle_ids": sorted(set(scored["bundle_id"])),
        "since": scored["ts"].min(),
        "until": scored["ts"].max(),
        "scored": scored.height,
        "shown": 0,
        "same_first": float(scored["same_first"].cast(pl.Float64).mean() or 0.0),  # type: ignore[arg-type]
        "scores": {side: _distribution(scored[column]) for side, column in (("a", "p_ctr"), ("b", "shadow_p_ctr"))},
        "correlation": _rank_correlation(scored["p_ctr"], scored["shadow_p_ctr"]),
        "outcomes": None,
    }
    shown = scored.join(_outcomes(folder), on="decision_id", how="inner")
    if shown.is_empty():
        return told
    judged = _judged(shown, shadow_id)
    outcomes = compare(judged, rng, progress)
    for side, scores in zip(("a", "b"), judged.scores, strict=True):
        if judged.clicked.any():
            found = statistics.pcoc_interval(judged.clicked, scores.p_ctr)
            outcomes["overall"]["pcoc"][f"interval_{side}"] = [found.low, found.high]
    return told | {"shown": shown.height, "outcomes": outcomes}


def shown_rows(folder: Path, shadow_id: str) -> pl.DataFrame:
    """What came back of the decisions that this shadow scored: both ``p_ctr`` and the ``click``."""
    return _scored(folder, shadow_id).join(_outcomes(folder), on="decision_id", how="inner")


def _scored(folder: Path, bundle: str) -> pl.DataFrame:
    """One row a decision, of one shadow bundle, oldest first."""
    every = Lake(folder / "lake").scan("shadow").collect()
    if every.is_empty():
        raise MissingInput(
            "no shadow scored a decision here",
            where=str(folder / "lake" / "shadow"),
            hint="choose one with 'adplat model shadow BUNDLE' and let traffic come",
        )
    # A retried write may put a decision on the stream twice under the same id.
    every = every.unique(["decision_id", "shadow_bundle_id"], keep="first").sort("ts", "decision_id")
    wanted = bundle or str(every["shadow_bundle_id"][-1])
    found = every.filter(pl.col("shadow_bundle_id").str.starts_with(wanted))
    if found["shadow_bundle_id"].n_unique() != 1:
        names = ", ".join(sorted(name[:12] for name in set(every["shadow_bundle_id"])))
        raise UnknownReference("no single shadow has this id", where=bundle, hint=f"here scored {names}")
    return found


def _outcomes(folder: Path) -> pl.DataFrame:
    if not Lake(folder / "lake").parts("impressions"):
        return pl.DataFrame(
            schema={"decision_id": pl.String, "user_key": pl.String, SLICED_BY: pl.String}
            | {"click": pl.Int8, "conversion": pl.Int8}
        )
    return training_rows(folder).select("decision_id", "user_key", SLICED_BY, "click", "conversion")


def _judged(shown: pl.DataFrame, shadow_id: str) -> Judged:
    users = shown["user_key"].fill_null("").to_numpy()
    # Without consent nobody is known: those rows are drawn singly, not as one huge user.
    groups = np.where(users == "", shown["decision_id"].to_numpy(), users)
    live_id = str(shown["bundle_id"][-1])
    return Judged(
        clicked=shown["click"].cast(pl.Float64).to_numpy(),
        converted=shown["conversion"].cast(pl.Float64).to_numpy(),
        groups=groups,
        slices=_slices(shown[SLICED_BY]),
        scores=(
            _scores(live_id, shown["p_ctr"], shown["p_cvr"]),
            _scores(shadow_id, shown["shadow_p_ctr"], shown["shadow_p_cvr"]),
        ),
    )


def _scores(bundle_id: str, p_ctr: pl.Series, p_cvr: pl.Series) -> JudgedScores:
    chances = p_ctr.to_numpy()
    return JudgedScores(bundle_id, chances, None if p_cvr.null_count() else p_cvr.to_numpy(), chances, SERVED)


def _slices(column: pl.Series) -> dict[str, npt.NDArray[np.bool_]]:
    counts = column.fill_null("").value_counts().rows()
    values = column.fill_null("").to_numpy()
    return {f"{SLICED_BY}={value}": values == value for value, count in sorted(counts) if count >= _FEWEST_OF_A_SLICE}


def _distribution(column: pl.Series) -> dict[str, float]:
    values = column.to_numpy()
    told = {
        f"p{round(100 * q)}": float(found) for q, found in zip(QUANTILES, np.quantile(values, QUANTILES), strict=True)
    }
    return {"mean": float(values.mean()), **told}


def _rank_correlation(left: pl.Series, right: pl.Series) -> float | None:
    """Spearman's; ``None`` where one of the two says the same of everybody."""
    if left.n_unique() < 2 or right.n_unique() < 2:
        return None
    return float(np.corrcoef(left.rank().to_numpy(), right.rank().to_numpy())[0, 1])
