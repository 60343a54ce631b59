"""Several bundles judged on the very same rows: which rows those are, and what each bundle says of them.

Rows later than everything that any of the bundles was trained on come first. Where there are none, the newest
bundle's held-out part is taken; it chose that bundle's epochs and fitted its calibration, so there a bundle is
judged with the past of the fitted rows alone, and its calibrated scores are mapped once more, each half by
what the other half taught. Rows that the newest bundle was fitted on prove nothing, and are called *fitted*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import logit

from adplat.ctr.committee import cross_fitted_chances
from adplat.ctr.config import CalibrationConfig
from adplat.ctr.evaluation import with_past
from adplat.ctr.kept_bundle import KeptBundle
from adplat.ctr.prepare import labels_of, times_of
from adplat.ctr.quality import groups_of, slice_masks
from adplat.domain import Progress
from adplat.features import ItemBlock

Float64 = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
LATER, HELD_OUT, FITTED, GIVEN = "later", "held out", "fitted", "given"
_HALVES_SEED = 0


@dataclass(frozen=True)
class JudgedScores:
    """What one bundle says of the judged rows (N,): chances, the order it puts them in, and how it knew them.

    ``how`` is ``later``, ``held out``, ``fitted``, or ``given`` where rows have no time to tell by.
    """

    bundle_id: str
    p_ctr: Float64
    p_cvr: Float64 | None
    ranking: Float64
    how: str


@dataclass(frozen=True)
class Judged:
    """``N`` rows with their outcomes, whose they are (``groups``, users), and the scores of each bundle.

    ``late`` is what the newest bundle knows of their conversions (``KeptBundle.conversions``).
    """

    clicked: Float64
    converted: Float64 | None
    groups: npt.NDArray[Any] | None
    slices: Mapping[str, Mask]
    scores: tuple[JudgedScores, ...]
    late: tuple[Float64, Float64] | None = None

    @property
    def how(self) -> str:
        """How the newest (last) bundle knew these rows."""
        return self.scores[-1].how


def judged_rows(bundles: Sequence[KeptBundle], rows: pl.DataFrame) -> Mask:
    """Which of ``rows`` (N,) the bundles are judged on; the last bundle is the newest."""
    newest = bundles[-1]
    if not newest.schema.time:
        return np.ones(rows.height, np.bool_)
    times = times_of(newest.schema, rows)
    later: Mask = times > max(_until(bundle) for bundle in bundles)
    held_out: Mask = times > _fitted_until(newest)
    return later if later.any() else held_out if held_out.any() else np.ones(rows.height, np.bool_)


def judge(
    bundles: Sequence[KeptBundle],
    rows: pl.DataFrame,
    side_tables: Sequence[Mapping[str, pl.DataFrame]],
    root: Path,
    cache_dir: Path,
    progress: Progress,
) -> Judged:
    """Score the rows that ``judged_rows`` chooses with every bundle; ``side_tables`` run parallel to ``bundles``.

    Slices are those of the newest bundle's config, and its new and known items. Raises MissingInput,
    TableRejected, SchemaMismatch.
    """
    chosen = judged_rows(bundles, rows)
    shown = rows.filter(pl.Series(chosen))
    newest = bundles[-1]
    labels = labels_of(newest.schema, shown).astype(np.float64)
    scores: list[JudgedScores] = []
    new_item, late = np.zeros(shown.height, np.bool_), None
    for number, (kept, tables) in enumerate(zip(bundles, side_tables, strict=True)):
        progress(number, len(bundles), "bundles scored")
        items = kept.items_for(rows, tables, root, cache_dir, progress)
        how = _known_as(kept, shown)
        bundle = _with_fitted_past(kept, rows, tables, items) if how == HELD_OUT else kept
        arrays = bundle.scorer.encoding.row_arrays(shown, tables, items, bundle.histories)
        told = bundle.scorer.score(arrays, items)
        new_item = ~bundle.scorer.knows(items.hashes[arrays.item])
        late = bundle.conversions(shown, items, arrays)
        p_ctr = told.p_ctr if how != HELD_OUT else _mapped_by_halves(told.p_ctr, labels[:, 0])
        scores.append(JudgedScores(bundle.manifest.bundle_id, p_ctr, told.p_cvr, told.p_ctr, how))
    progress(len(bundles), len(bundles), "bundles scored")
    fields = tuple(newest.manifest.config.get("slices", ()))
    return Judged(
        clicked=labels[:, 0],
        converted=labels[:, 1] if labels.shape[1] > 1 else None,
        groups=groups_of(newest.schema, shown),
        slices=slice_masks(newest.schema, shown, side_tables[-1], new_item, fields),
        scores=tuple(scores),
        late=late,
    )


def _until(bundle: KeptBundle) -> int:
    """The last moment that the bundle was made from, held-out rows included."""
    until = bundle.manifest.data.get("until_s")
    return until if isinstance(until, int) else 0


def _fitted_until(bundle: KeptBundle) -> int:
    """The last moment that the network was fitted on; bundles that do not tell it were fitted on everything."""
    until = bundle.manifest.data.get("fitted_until_s")
    return until if isinstance(until, int) else _until(bundle)


def _known_as(bundle: KeptBundle, rows: pl.DataFrame) -> str:
    if not bundle.schema.time:
        return GIVEN
    first = int(times_of(bundle.schema, rows).min()) if rows.height else 0
    if first > _until(bundle):
        return LATER
    return HELD_OUT if first > _fitted_until(bundle) else FITTED


def _with_fitted_past(
    bundle: KeptBundle, rows: pl.DataFrame, tables: Mapping[str, pl.DataFrame], items: ItemBlock
) -> KeptBundle:
    """The bundle as it was while it was fitted: its kept past knows the held-out outcomes already."""
    earlier = times_of(bundle.schema, rows) <= _fitted_until(bundle)
    return with_past(bundle, rows.filter(pl.Series(earlier)), tables, items)


def _mapped_by_halves(chances: Float64, labels: Float64) -> Float64:
    logits: Float64 = logit(np.clip(chances, 1e-9, 1.0 - 1e-9))
    return cross_fitted_chances(logits, labels, CalibrationConfig(), _HALVES_SEED)
