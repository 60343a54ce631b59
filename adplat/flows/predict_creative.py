"""What one new creative will bring, before it runs: rates with intervals, the known ones most like it, its elements.

What an element is worth is asked of the bundle by exchange: its headline (body, call, picture) is replaced by that of
known creatives of its category and language, one after another, and the score compared with the mean of theirs. So 0 is
a usual element and not none at all, which a model has never seen. It is the model's opinion; nothing was tried.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from adplat.ctr import KeptBundle
from adplat.data import Lake, read_table
from adplat.data.lake import require_lake
from adplat.domain import (
    REPORT_METRICS,
    BidStrategy,
    BidStrategyKind,
    ConfigRejected,
    MetricSums,
    MissingInput,
    Progress,
    Refused,
)
from adplat.features import ItemBlock
from adplat.flows.forecast_response import creative_responses
from adplat.flows.response_evidence import sample_openings
from adplat.flows.response_scores import NEW, ResponseScorer
from adplat.forecast import CampaignPlan, NewCreative, PlanResponse, UncertainRate
from adplat.statistics import Float64

ELEMENTS = {"headline": "headline", "body": "body", "cta": "cta", "image": "image_path"}
_OPENINGS = 2_000
_OPENINGS_OF_ELEMENTS = 300
_DONORS = 12
_NEIGHBOURS = 5


def predict_creative(
    folder: Path,
    creative: NewCreative,
    bundle_dir: Path,
    *,
    image_folder: Path,
    cache_dir: Path,
    progress: Progress,
    as_of: datetime | None = None,
    advertiser_id: str = "",
    placement: str = "",
) -> dict[str, Any]:
    """The document of one creative whose ``image_path`` is relative to ``image_folder``.

    ``ctr`` and ``cvr`` (null with ``cvr_unknown`` where nobody knows) have ``expected``, ``p10``, ``p50`` and ``p90``;
    ``neighbours`` tells what the known creatives most like it brought; ``elements`` by how much each raises the score
    over the usual one of its category. ``as_of`` is by default the end of the lake. Raises MissingInput,
    ConfigRejected, SchemaMismatch, TableRejected.
    """
    lake = require_lake(folder)
    as_of = as_of or end_of_lake(lake)
    openings = _openings(lake, as_of, placement)
    plan = CampaignPlan(
        name="one creative",
        start=as_of.date(),
        end=as_of.date(),
        bid=BidStrategy(BidStrategyKind.CPM, target_micros=1),
        total_budget_micros=1,
        advertiser_id=advertiser_id,
        new_creatives=[creative],
    )
    told = creative_responses(
        folder,
        plan,
        openings,
        as_of=as_of,
        bundle_dir=bundle_dir,
        plan_folder=image_folder,
        cache_dir=cache_dir,
        progress=progress,
    )
    if isinstance(told, Refused):
        raise MissingInput(told.what, where=str(folder), hint=told.hint)
    (one,) = told.creatives
    catalogue = read_table(folder / "catalogue" / "creatives.parquet").with_columns(
        pl.col("creative_id").cast(pl.String)
    )
    made = _exchanges(creative, catalogue)
    new = [(creative, advertiser_id, image_folder)] + [
        (other, advertiser_id, folder if element == "image" else image_folder) for element, other in made
    ]
    known = catalogue["creative_id"].to_list()
    scorer = ResponseScorer.open(KeptBundle.open(bundle_dir), folder, known, new, cache_dir, progress)
    part = openings[np.linspace(0, openings.height - 1, min(openings.height, _OPENINGS_OF_ELEMENTS)).astype(np.int64)]
    return {
        "ctr": _interval(one.click_rate),
        "cvr": None if one.conversion_rate is None else _interval(one.conversion_rate),
        "cvr_unknown": told.conversions_unknown,
        "model_p_ctr": one.model_p_ctr,
        "model_p_cvr": one.model_p_cvr,
        "elements": _elements(scorer, part, [element for element, _ in made]),
        "neighbours": nearest_known(scorer.items, shown_counts(lake, as_of), f"{NEW}1"),
        "inputs": _inputs(told, placement),
    }


def end_of_lake(lake: Lake) -> datetime:
    """The moment after the last showing. Raises MissingInput."""
    last = lake.scan("impressions").select(pl.col("ts").max()).collect().item()
    if not isinstance(last, datetime):
        raise MissingInput("no showing has a time", where=str(lake.root), hint="fill 'ts' of impressions")
    return last + timedelta(seconds=1)


def _openings(lake: Lake, as_of: datetime, placement: str) -> pl.DataFrame:
    openings = sample_openings(lake, as_of, _OPENINGS, placement=placement)
    if openings.is_empty():
        places = lake.scan("impressions").select(pl.col("placement").unique().sort()).collect().to_series().to_list()
        raise ConfigRejected(
            f"nothing was ever asked for placement {placement!r}",
            where="--placement",
            hint=f"use one of: {', '.join(str(one) for one in places[:12])}",
        )
    return openings


def _exchanges(creative: NewCreative, catalogue: pl.DataFrame) -> list[tuple[str, NewCreative]]:
    """The creative with one element of a known one, a few for each element that it has."""
    donors = catalogue
    for column, value in (("language", creative.language), ("category", creative.category)):
        alike = donors.filter(pl.col(column) == value) if value and column in donors.columns else donors
        donors = alike if alike.height else donors
    made = []
    for element, column in ELEMENTS.items():
        if not getattr(creative, column) or column not in donors.columns:
            continue
        texts = donors.filter(pl.col(column).fill_null("") != "").sort("creative_id")[column]
        chosen = texts.gather(np.linspace(0, len(texts) - 1, min(len(texts), _DONORS)).astype(np.int64))
        made += [(element, _with(creative, column, str(text))) for text in chosen]
    return made


def _with(creative: NewCreative, column: str, value: str) -> NewCreative:
    if column == "headline":
        return replace(creative, headline=value)
    if column == "body":
        return replace(creative, body=value)
    return replace(creative, cta=value) if column == "cta" else replace(creative, image_path=value)


def _elements(scorer: ResponseScorer, openings: pl.DataFrame, exchanged: Sequence[str]) -> list[dict[str, Any]]:
    own = float(scorer.score_at(openings, f"{NEW}1").p_ctr.mean())
    scores: dict[str, list[float]] = {}
    for number, element in enumerate(exchanged, start=2):
        scores.setdefault(element, []).append(float(scorer.score_at(openings, f"{NEW}{number}").p_ctr.mean()))
    found = [
        {
            "element": element,
            "lift": own / float(np.mean(others)) - 1.0,
            "better_than_share": float(np.mean(np.array(others) < own)),
            "exchanged_with": len(others),
        }
        for element, others in scores.items()
    ]
    return sorted(found, key=lambda row: -abs(float(str(row["lift"]))))


def shown_counts(lake: Lake, as_of: datetime) -> dict[str, tuple[int, int]]:
    """Showings and clicks of every creative before a moment."""
    clicks = lake.scan("clicks").filter(pl.col("ts") < as_of).select("decision_id").unique()
    shown = (
        lake.scan("impressions")
        .filter(pl.col("ts") < as_of)
        .join(clicks.with_columns(pl.lit(1).alias("click")), on="decision_id", how="left")
        .group_by("creative_id")
        .agg(pl.len().alias("impressions"), pl.col("click").count().alias("clicks"))
        .collect(engine="streaming")
    )
    return {name: (seen, clicked) for name, seen, clicked in shown.iter_rows()}


def nearest_known(items: ItemBlock, counts: Mapping[str, tuple[int, int]], name: str) -> list[dict[str, Any]]:
    """Of creatives that ran those most like ``name``, by the mean cosine of pictures and of words that both have."""
    mine = items.rows_of([name])[0]
    both = [_cosines(getattr(items, kind), getattr(items, f"{kind}_present"), mine) for kind in ("image", "text")]
    told = np.array([~np.isnan(cosine) for cosine in both])
    similar = np.where(told, both, 0.0).sum(axis=0) / np.maximum(told.sum(axis=0), 1)
    order = [row for row in np.argsort(-similar, kind="stable").tolist() if row > 0 and items.ids[row - 1] in counts]
    rows = []
    for row in order[:_NEIGHBOURS]:
        seen, clicked = counts[items.ids[row - 1]]
        rows.append(
            {
                "creative_id": items.ids[row - 1],
                "similarity": float(similar[row]),
                "image_similarity": None if np.isnan(both[0][row]) else float(both[0][row]),
                "text_similarity": None if np.isnan(both[1][row]) else float(both[1][row]),
                "impressions": seen,
                "clicks": clicked,
                "ctr": REPORT_METRICS["ctr"].of(MetricSums(seen, clicked)),
            }
        )
    return rows


def _cosines(vectors: Any, present: Any, mine: int) -> Float64:
    """(M + 1,) cosine of each row with row ``mine``; NaN where either has no vector."""
    if not vectors.shape[1] or not present[mine]:
        return np.full(len(present), np.nan)
    lengths = np.linalg.norm(vectors, axis=1) * float(np.linalg.norm(vectors[mine]))
    cosine = (vectors @ vectors[mine]).astype(np.float64) / np.where(lengths > 0.0, lengths, 1.0)
    return np.where((present > 0.0) & (lengths > 0.0), cosine, np.nan)


def _interval(rate: UncertainRate) -> dict[str, float]:
    return {"expected": rate.mean} | {f"p{100 * level:.0f}": rate.quantile(level) for level in (0.1, 0.5, 0.9)}


def _inputs(told: PlanResponse, placement: str) -> dict[str, Any]:
    return {
        "bundle_id": told.bundle_id,
        "as_of": told.as_of,
        "data_from": told.data_from,
        "data_to": told.data_to,
        "openings": told.openings,
        "placement": placement or None,
        "trust": dict(told.trust),
        "notes": list(told.notes),
    }
