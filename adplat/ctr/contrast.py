"""A model of contrasts as a bundle: trained on counts inside groups, judged by whole groups, opened to score tables.

What it refuses: outcomes that come late, conversions, histories, pictures, side tables. It says which of several
creatives will do better; how often that one is clicked depends on the day and is told by the common level alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import expit

from adplat import statistics
from adplat.ctr.bundle import read_manifest, verify_bundle, write_bundle, write_json
from adplat.ctr.config import TrainConfig
from adplat.ctr.contrast_fit import ContrastFit, fit_contrast
from adplat.ctr.contrast_kept import read_contrast, write_contrast
from adplat.ctr.fingerprint import fingerprint
from adplat.ctr.shape import NetworkShape
from adplat.data import Tables
from adplat.domain import (
    Clock,
    ConfigRejected,
    FeatureSchema,
    Interval,
    ModelBundle,
    Progress,
    SystemClock,
    TableRejected,
)
from adplat.features import WideEncoding

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
_STEPS = 3


def _silent(done: int, total: int, what: str) -> None:
    """The progress of a caller that does not listen."""


@dataclass(frozen=True)
class ContrastModel:
    """What scores a row: its wide description and the coefficients of it."""

    encoding: WideEncoding
    fit: ContrastFit

    @classmethod
    def open(cls, bundle_dir: Path) -> ContrastModel:
        """Check every byte and load. Raises MissingInput or BundleRejected."""
        verify_bundle(bundle_dir)
        return cls(*read_contrast(bundle_dir))

    @property
    def schema(self) -> FeatureSchema:
        """What the bundle reads."""
        return self.encoding.schema

    def score(self, rows: pl.DataFrame, cache_dir: Path | None, progress: Progress) -> Float64:
        """p_ctr (N,) in row order. Neither outcomes nor the group are needed or read."""
        chances: Float64 = expit(self.fit.logits(self.encoding.apply(rows, cache_dir, progress)))
        return chances

    def score_frame(self, rows: pl.DataFrame, cache_dir: Path | None, progress: Progress) -> pl.DataFrame:
        """Columns p_ctr and p_cvr (null: it has no such head), as ``score_frame`` of other bundles gives."""
        nothing = pl.Series([None] * len(rows), dtype=pl.Float64)
        return pl.DataFrame({"p_ctr": self.score(rows, cache_dir, progress), "p_cvr": nothing})


def is_contrast(bundle_dir: Path) -> bool:
    """Whether the bundle holds a model of contrasts. Raises MissingInput or BundleRejected."""
    return read_manifest(bundle_dir).kind == "contrast"


def refuse_counts(config: TrainConfig, schema: FeatureSchema) -> None:
    """Raises ConfigRejected where counted outcomes meet a model that learns from single showings, or the reverse."""
    counted = [outcome.name for outcome in schema.outcomes if outcome.trials]
    if config.model.kind != "contrast":
        if counted:
            raise ConfigRejected(
                f"outcome {counted[0]!r} counts trials, which {config.model.kind} does not learn from",
                where=schema.name,
                hint="set model: {kind: contrast}, or give one row a showing",
            )
        return
    reasons = {
        "a model of contrasts needs groups to compare inside": not schema.group,
        "a model of contrasts knows clicks alone, as they are": len(schema.outcomes) != 1
        or bool(schema.outcomes[0].delay or schema.outcomes[0].grade),
        "a model of contrasts reads its rows at once": config.data.stream,
        "a model of contrasts has no baselines beside it": bool(config.baselines),
    }
    for reason, holds in reasons.items():
        if holds:
            raise ConfigRejected(
                reason,
                where=schema.name,
                hint="name 'group' and one outcome in the schema; leave out baselines and data: stream",
            )


def train_contrast(
    config: TrainConfig,
    schema: FeatureSchema,
    tables: Tables,
    out_dir: Path,
    cache_dir: Path,
    progress: Progress,
    clock: Clock | None,
) -> tuple[ModelBundle, dict[str, Any]]:
    """Fit on ``tables.rows``, judge on the groups of ``tables.valid``, perhaps refit on all, write the bundle.

    All figures are those of the fit on the earlier part. Raises MissingInput, TableRejected, ConfigRejected.
    """
    progress(0, _STEPS, "contrasts fitted")
    model = fit_contrasts(config, schema, tables.rows, cache_dir, progress)
    progress(1, _STEPS, "contrasts fitted")
    metrics: dict[str, Any] = {}
    if tables.valid is not None:
        metrics = judged(schema, tables.valid, model.score(tables.valid, cache_dir, progress), config.seed)
        if config.training.refit:
            every = pl.concat([tables.rows, tables.valid], how="diagonal_relaxed")
            model = fit_contrasts(config, schema, every, cache_dir, progress)
    metrics |= {"unexplained": model.fit.unexplained}
    progress(_STEPS, _STEPS, "contrasts fitted")
    bundle = write_bundle(
        out_dir,
        _filling(config, model, metrics),
        created=(clock or SystemClock()).now(),
        schema_digest=schema.digest(),
        shape=NetworkShape(),
        config=msgspec.to_builtins(config),
        data={
            "rows": tables.rows.height,
            "later_rows": 0 if tables.valid is None else tables.valid.height,
            "fingerprint": fingerprint(schema, tables),
        },
    )
    return bundle, metrics


def judged(schema: FeatureSchema, rows: pl.DataFrame, chances: Float64, seed: int) -> dict[str, Any]:
    """Pairs ordered right, with intervals that draw whole groups, and predicted over observed clicks (``pcoc``)."""
    groups, reached, trials = counts_of(schema, rows)
    told: dict[str, Any] = {
        "rows": len(rows),
        "positives": int(reached.sum()),
        "pcoc": float((trials * chances).sum() / reached.sum()) if reached.sum() else None,
    }
    known = groups >= 0
    try:
        order = statistics.pair_order(
            groups[known], reached[known], trials[known], chances[known], np.random.default_rng([seed, 3])
        )
    except TableRejected:
        return told | {"pairs": 0, "clear_pairs": 0}
    told |= {"pairs": order.pairs, "clear_pairs": order.clear_pairs}
    return told | _ends("pairs_right", order.right) | _ends("clear_pairs_right", order.clear_right)


def counts_of(schema: FeatureSchema, rows: pl.DataFrame) -> tuple[Int64, Float64, Float64]:
    """(group, reached, trials) of each row (N,): group numbers from 0, -1 where a row has none."""
    outcome = schema.outcomes[0]
    told = rows[schema.group].cast(pl.String)
    names = told.drop_nulls().unique().sort()
    places = pl.Series(range(len(names)), dtype=pl.Int64)
    groups = told.replace_strict(names, places, default=-1, return_dtype=pl.Int64).fill_null(-1).to_numpy()
    reached = rows[outcome.column].cast(pl.Float64).to_numpy()
    if not outcome.trials:
        reached = (reached >= outcome.at_least).astype(np.float64)
        return groups, reached, np.ones(len(rows))
    return groups, reached, rows[outcome.trials].cast(pl.Float64).to_numpy()


def fit_contrasts(
    config: TrainConfig, schema: FeatureSchema, rows: pl.DataFrame, cache_dir: Path, progress: Progress = _silent
) -> ContrastModel:
    """The model of these rows, unjudged and unkept. Raises MissingInput, TableRejected, ConfigRejected."""
    encoding = WideEncoding.fit(schema, config.contrast.wide, config.encoders, rows, cache_dir, progress)
    wide = encoding.apply(rows, cache_dir, progress)
    fit = fit_contrast(wide, *counts_of(schema, rows), config.contrast.penalty, config.contrast.iterations)
    return ContrastModel(encoding, fit)


def _ends(name: str, found: Interval | None) -> dict[str, float]:
    return {} if found is None else {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def _filling(config: TrainConfig, model: ContrastModel, metrics: dict[str, Any]) -> Callable[[Path], None]:
    def fill(folder: Path) -> None:
        write_contrast(folder, model.encoding, model.fit)
        write_json(folder / "metrics.json", metrics)
        (folder / "model_card.md").write_text(_card(config, model, metrics), encoding="utf-8")

    return fill


def _card(config: TrainConfig, model: ContrastModel, metrics: dict[str, Any]) -> str:
    lines = [
        f"# Model card: {model.schema.name}",
        "",
        "Predicts which of several creatives of one test is clicked more, from what they say. Its level is the same",
        f"for all tests. Schema digest `{model.schema.digest()}`; contrast settings {asdict(config.contrast)}.",
        *[f"Note: {flag}." for flag in model.encoding.flags],
        "",
    ]
    if "pairs_right" in metrics:
        lines += [
            "## On groups held out",
            "",
            *(
                f"* {what}: {metrics[key]:.4f} ({metrics[f'{key}_low']:.4f} to {metrics[f'{key}_high']:.4f}),"
                f" {metrics[count]:,} pairs."
                for key, count, what in (
                    ("pairs_right", "pairs", "Pairs of a group in the right order"),
                    ("clear_pairs_right", "clear_pairs", "The same where |z| exceeds 1.96"),
                )
                if key in metrics
            ),
            "",
            "The model kept here was then fitted on all rows." if config.training.refit else "",
        ]
    return "\n".join([*lines, ""])
