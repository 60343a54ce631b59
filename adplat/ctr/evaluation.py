"""A bundle judged on a folder: on rows later than its training where there are any.

On the folder it was trained from, nothing later exists. Its held-out part is then judged with the past of
the earlier part alone, since the kept past already knows these outcomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from adplat import statistics
from adplat.ctr.evidence import refuse_one_class, with_intervals
from adplat.ctr.familiarity import Familiarity
from adplat.ctr.grades import Grades
from adplat.ctr.item_record import ItemRecord
from adplat.ctr.joint_record import fit_joint_record
from adplat.ctr.kept_bundle import KeptBundle
from adplat.ctr.prepare import joint_settings, labels_of, times_of
from adplat.ctr.quality import curve_of, groups_of, measure, report, slice_masks
from adplat.data import Tables
from adplat.domain import Progress
from adplat.features import Histories, ItemBlock

_DRAWS_SEED = 0


def evaluate(kept: KeptBundle, tables: Tables, cache_dir: Path, progress: Progress) -> dict[str, Any]:
    """The measures of ``quality.report`` plus ``judged``: which rows these figures are about.

    ``later``: rows after the training period; ``held out``: the part of the training folder that only chose
    epochs and calibration; ``fitted``: rows that the network was fitted on, as after a refit; ``given``: rows
    without time, of which nobody can tell whether they were fitted. ``intervals`` (95 %) of the overall measures,
    the PCOC limits of each slice, ``conversion`` for pCVR on clicked rows, and reliability ``curves`` come with them.

    Raises:
        MissingInput: outcomes or item facts are not there. TableRejected: no rows, or one outcome only.
    """
    schema, side = kept.schema, tables.tables
    every = tables.rows if tables.valid is None else pl.concat([tables.rows, tables.valid], how="diagonal_relaxed")
    items = kept.items_for(every, side, tables.root, cache_dir, progress)
    until = kept.manifest.data.get("until_s")
    after = times_of(schema, every) > until if isinstance(until, int) else np.zeros(every.height, bool)
    if after.any():
        rows, judged = every.filter(pl.Series(after)), "later"
    elif tables.valid is None:
        rows, judged = every, "given" if not schema.time else "fitted"
    else:
        rows = tables.valid
        refitted = bool(kept.manifest.config.get("training", {}).get("refit"))
        judged = "fitted" if refitted else "held out"
        kept = with_past(kept, tables.rows, side, items)
    arrays = kept.scorer.encoding.row_arrays(rows, side, items, kept.histories)
    scores = kept.scorer.score(arrays, items)
    new_item = ~kept.scorer.knows(items.hashes[arrays.item])
    labels = labels_of(schema, rows).astype(np.float64)
    fields = tuple(kept.manifest.config.get("slices", ()))
    refuse_one_class(labels[:, 0], str(tables.root))
    groups = groups_of(schema, rows)
    told = report(schema, rows, side, labels[:, 0], scores.p_ctr, new_item, fields)
    masks = slice_masks(schema, rows, side, new_item, fields)
    for name, mask in masks.items():
        if mask.any() and name in told["slices"]:
            found = statistics.pcoc_interval(labels[mask, 0], scores.p_ctr[mask])
            told["slices"][name] |= {"pcoc_low": found.low, "pcoc_high": found.high if found.high < np.inf else None}
    found_intervals = with_intervals(labels[:, 0], scores.p_ctr, groups, np.random.default_rng(_DRAWS_SEED))
    told["intervals"] = {name: [one.low, one.high] for name, one in found_intervals.items()}
    told["curves"] = {"pCTR": curve_of(labels[:, 0], scores.p_ctr)}
    if scores.p_cvr is not None:
        clicked = labels[:, 0] > 0.5
        told["conversion"] = measure(labels[clicked, 1], scores.p_cvr[clicked])
        if labels[clicked, 1].any():
            told["curves"]["pCVR of clicks"] = curve_of(labels[clicked, 1], scores.p_cvr[clicked])
    return {"judged": judged, **told}


def with_past(kept: KeptBundle, rows: pl.DataFrame, tables: Mapping[str, pl.DataFrame], items: ItemBlock) -> KeptBundle:
    """The same bundle knowing only what ``rows`` tell of users and items."""
    schema = kept.schema
    histories = Histories.from_rows(schema, rows)
    arrays, clicked = kept.scorer.encoding.row_arrays(rows, tables, items, histories), labels_of(schema, rows)[:, 0]
    hashes, shape = items.hashes[arrays.item], kept.manifest.shape
    record = ItemRecord.of(hashes, clicked, kept.scorer.record.shrinkage)
    pairs = None
    if shape.pair:
        pairs = Familiarity.of(arrays.categorical[:, shape.row_user_columns[0]], hashes, clicked)
    joint = None
    if kept.scorer.joint is not None:
        known = joint_settings(kept.scorer.encoding, int(kept.manifest.config.get("seed", 0)))
        joint = fit_joint_record(items, arrays, Grades.of(schema, rows, clicked), known)
    return replace(kept, histories=histories, scorer=kept.scorer.with_record(record, pairs, joint))
