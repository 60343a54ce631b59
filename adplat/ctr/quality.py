"""How good scores are on rows they were not fitted to: overall, by slice, and for items never seen before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import expit

from adplat import statistics
from adplat.domain import FeatureKind, FeatureSchema

Float64 = npt.NDArray[np.float64]
MEASURES = ("rows", "positives", "auc", "gauc", "logloss", "normalised_entropy", "ece", "pcoc")
ITEM_SLICES = ("warm items", "new items")
_MIN_SLICE_ROWS = 200
_MAX_SLICE_VALUES = 24


def measure(
    labels: Float64,
    chances: Float64,
    groups: npt.NDArray[Any] | None = None,
    ranking: Float64 | None = None,
) -> dict[str, float | None]:
    """The measures of ``N`` rows; ``None`` where one cannot be told (one class only, no group with both).

    ``ece`` is relative to the mean label, ``pcoc`` predicted over observed clicks. ``ranking`` are the scores
    whose order AUC and GAUC judge where they are not ``chances`` themselves.
    """
    scores = chances if ranking is None else ranking
    positives = int(labels.sum())
    told: dict[str, float | None] = dict.fromkeys(MEASURES)
    told |= {"rows": len(labels), "positives": positives}
    if len(labels):
        told["logloss"] = statistics.logloss(labels, chances)
    if positives:
        told["pcoc"] = statistics.pcoc(labels, chances)
        told["ece"] = statistics.relative_ece(labels, chances)
    if 0 < positives < len(labels):
        told["auc"] = statistics.auc(labels, scores)
        told["normalised_entropy"] = statistics.normalised_entropy(labels, chances)
        if groups is not None and _some_group_has_both(labels, groups):
            told["gauc"] = statistics.grouped_auc(labels, scores, groups)
    return told


def calibration_change(
    logits: Float64, labels: Float64, chances: Float64, half: npt.NDArray[np.bool_]
) -> dict[str, dict[str, float | None]]:
    """What calibrating did to held-out rows: measures of the plain logits ``before`` and of ``chances`` ``after``.

    ``chances`` are cross-fitted: ``half`` (N,) marks the rows of one of the two calibrations. Each has an order of
    its own, so the AUC is the mean of the halves'.
    """
    told = ("logloss", "normalised_entropy", "ece", "pcoc")
    change: dict[str, dict[str, float | None]] = {}
    for name, found in (("before", expit(logits)), ("after", chances)):
        overall = measure(labels, found)
        areas = [measure(labels[part], found[part])["auc"] for part in (half, ~half)]
        known = [area for area in areas if area is not None]
        change[name] = {key: overall[key] for key in told} | {"auc": sum(known) / len(known) if known else None}
    return change


def report(
    schema: FeatureSchema,
    rows: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    labels: Float64,
    chances: Float64,
    new_item: npt.NDArray[np.bool_],
    fields: Sequence[str] = (),
    ranking: Float64 | None = None,
) -> dict[str, dict[str, Any]]:
    """``overall`` measures, and ``slices`` by name: ``warm items``, ``new items``, ``field=value``.

    ``new_item`` (N,) marks rows of items that were never among the training rows. ``fields`` name
    categorical features; none means all with few values. Values with few rows are left out.
    """
    groups = groups_of(schema, rows)

    def part(chosen: npt.NDArray[np.bool_], *, grouped: bool) -> dict[str, float | None]:
        return measure(
            labels[chosen],
            chances[chosen],
            groups[chosen] if grouped and groups is not None else None,
            None if ranking is None else ranking[chosen],
        )

    slices = {
        name: part(mask, grouped=name in ITEM_SLICES)
        for name, mask in slice_masks(schema, rows, tables, new_item, fields).items()
    }
    return {"overall": measure(labels, chances, groups, ranking), "slices": slices}


def curve_of(labels: Float64, chances: Float64) -> list[dict[str, float]]:
    """The reliability curve as plain data: one entry a bin of equal mass, lowest chances first."""
    return [
        {
            "rows": one.rows,
            "positives": one.positives,
            "predicted": one.mean_predicted,
            "observed": one.observed.value,
            "low": one.observed.low,
            "high": one.observed.high,
        }
        for one in statistics.reliability_curve(labels, chances)
    ]


def slice_masks(
    schema: FeatureSchema,
    rows: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    new_item: npt.NDArray[np.bool_],
    fields: Sequence[str] = (),
) -> dict[str, npt.NDArray[np.bool_]]:
    """Which rows (N,) belong to each slice that ``report`` tells of."""
    masks: dict[str, npt.NDArray[np.bool_]] = {}
    if schema.item:
        masks |= dict(zip(ITEM_SLICES, (~new_item, new_item), strict=True))
    for field, values in _slice_columns(schema, rows, tables, fields).items():
        names, place, counts = np.unique(values, return_inverse=True, return_counts=True)
        if not fields and len(names) > _MAX_SLICE_VALUES:
            continue
        for number in np.flatnonzero(counts >= _MIN_SLICE_ROWS):
            masks[f"{field}={names[number]}"] = place == number
    return masks


def groups_of(schema: FeatureSchema, rows: pl.DataFrame) -> npt.NDArray[Any] | None:
    """Whose each row is (N,), ``None`` where nobody knows: the groups of GAUC and of the bootstrap."""
    if not schema.user or schema.user not in rows.columns:
        return None
    return rows[schema.user].cast(pl.String).fill_null("").to_numpy()


def _some_group_has_both(labels: Float64, groups: npt.NDArray[Any]) -> bool:
    _, place, counts = np.unique(groups, return_inverse=True, return_counts=True)
    positives = np.bincount(place, weights=labels)
    return bool(((positives > 0) & (positives < counts)).any())


def _slice_columns(
    schema: FeatureSchema, rows: pl.DataFrame, tables: Mapping[str, pl.DataFrame], fields: Sequence[str]
) -> dict[str, npt.NDArray[Any]]:
    """One text value a row for each sliced field, "" where unknown."""
    sides = {table.name: table for table in schema.tables}
    columns: dict[str, npt.NDArray[Any]] = {}
    for feature in schema.features:
        plain = feature.kind is FeatureKind.CATEGORICAL and not feature.separator
        if not plain or (fields and feature.name not in fields):
            continue
        if not feature.table:
            told = rows[feature.columns[0]].cast(pl.String)
        elif feature.table in tables:
            side = sides[feature.table]
            table = tables[feature.table]
            keys, values = (table[name].cast(pl.String) for name in (side.key, feature.columns[0]))
            told = rows[side.row_key].cast(pl.String).replace_strict(keys, values, default=None)
        else:
            continue
        columns[feature.name] = told.fill_null("").to_numpy()
    return columns
