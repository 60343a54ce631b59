"""The same comparison inside each value of a dimension: one document's ``dimensions``."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from adplat.data import ExposureTables
from adplat.experiments import ExperimentSpec, RowData, analyze
from adplat.flows.rows_to_arms import arms_by_value
from adplat.statistics import benjamini_hochberg, holm

MOST_VALUES = 20


def compare_dimensions(spec: ExperimentSpec, data: RowData, tables: ExposureTables) -> dict[str, Any]:
    """By dimension, ``values`` (those with most units first) with their arms and comparisons, and units of the others.

    ``spec`` is the whole test's. Corrections run over all comparisons of a dimension. A plan of looks is one for all
    units, so under ``group-sequential`` the parts are judged by confidence sequences, which may be read at any look.
    """
    method = "sequential" if spec.method == "group-sequential" else spec.method
    plain = msgspec.structs.replace(
        spec, method=method, group_sequential=None, assigned=None, looks=None, correction="none", allocation=None
    )
    return {name: _by_value(spec, plain, data, tables, name) for name in data.dimensions}


def _by_value(
    whole: ExperimentSpec, plain: ExperimentSpec, data: RowData, tables: ExposureTables, name: str
) -> dict[str, Any]:
    parts = arms_by_value(plain, data, tables.sums(name))
    shown = list(parts.items())[:MOST_VALUES]
    values = []
    for value, arms in shown:
        document = analyze(msgspec.structs.replace(plain, arms=arms))
        values.append({"value": value, "arms": document["arms"], "comparisons": document["comparisons"]})
    _correct([one for part in values for one in part["comparisons"]], whole.correction)
    others = [arm.n for _, arms in list(parts.items())[MOST_VALUES:] for arm in arms]
    return {"values": values, "other_values": len(parts) - len(shown), "other_units": int(sum(others))}


def _correct(comparisons: list[dict[str, Any]], correction: str) -> None:
    told = [one for one in comparisons if one["p_value"] is not None]
    if correction == "none" or not told:
        return
    p_values = np.asarray([one["p_value"] for one in told])
    adjusted = (holm if correction == "holm" else benjamini_hochberg)(p_values)
    for one, value in zip(told, adjusted, strict=True):
        one["p_value_adjusted"] = float(value)
