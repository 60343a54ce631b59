"""Why a row got its score: the logit as a sum over named fields, exact to 1e-4.

Networks: Integrated Gradients (Sundararajan et al. 2017, captum) along the path from "nothing known" to the row
(``path_of_fields``), with more steps until the sum is right. Trees: exact Shapley values (TreeSHAP).
What calibration adds is a term of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
import numpy as np
import polars as pl
import torch
from safetensors.torch import load_file
from scipy.special import logit as log_odds

from adplat.ctr.config import ModelConfig
from adplat.ctr.examples import item_inputs, take_rows, user_inputs
from adplat.ctr.flattening import column_inputs, flatten
from adplat.ctr.kept_bundle import KeptBundle
from adplat.ctr.network import Committee, Network
from adplat.ctr.path_of_fields import PathOfFields
from adplat.ctr.trees import Trees
from adplat.domain import ConfigRejected, InternalFault
from adplat.features import FeatureEncoding, ItemBlock

TOLERANCE = 1e-4
CALIBRATION = "calibration"
_STEPS = (128, 512, 2048, 8192, 32768)
_AT_ONCE = 512
_HEADS = ("click", "conversion")


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one named field adds to the logit; ``part`` is item, user, image, text, history, record or calibration."""

    field: str
    part: str
    value: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """``start`` + Σ contributions = ``logit`` of ``chance``, the score; ``remainder`` is by how much they miss it."""

    head: str
    chance: float
    logit: float
    start: float
    contributions: tuple[Contribution, ...]
    remainder: float
    method: str

    def as_json(self) -> dict[str, Any]:
        """The one document of ``adplat explain --json``."""
        return asdict(self)


def explain_row(
    kept: KeptBundle, row: pl.DataFrame, tables: Mapping[str, pl.DataFrame], items: ItemBlock, head: str = "click"
) -> Explanation:
    """Attribute the score of one row. Raises ConfigRejected for a head that the bundle lacks."""
    shape = kept.manifest.shape
    if head not in _HEADS[: shape.heads]:
        raise ConfigRejected(f"the bundle has no head {head!r}", where="--head", hint="use click")
    number = _HEADS.index(head)
    rows = kept.scorer.encoding.row_arrays(row, tables, items, kept.histories)
    rows = take_rows(rows, slice(0, 1))
    scores = kept.scorer.score(rows, items)
    chance = float((scores.p_ctr if number == 0 or scores.p_cvr is None else scores.p_cvr)[0])
    record = kept.scorer.record_of(rows, items)
    names = _names(kept.scorer.encoding, record.shape[1])
    if kept.manifest.kind == "lightgbm":
        start, raw, parts = _by_trees(kept, rows, items, record, number)
        method = "TreeSHAP"
    else:
        start, raw, parts, steps = _by_gradients(kept, rows, items, record, number, names)
        method = f"Integrated Gradients, {steps} steps"
    told = [Contribution(*names[key], value) for key, value in parts.items()]
    served = float(log_odds(chance))
    told.append(Contribution(CALIBRATION, CALIBRATION, served - raw))
    total = start + sum(one.value for one in told)
    ordered = tuple(sorted(told, key=lambda one: -abs(one.value)))
    if abs(total - served) > TOLERANCE:
        raise InternalFault(f"the contributions miss the logit by {total - served:.2g}", hint="report this row")
    return Explanation(head, chance, served, start, ordered, served - total, method)


Key = tuple[str, int]


def _by_gradients(
    kept: KeptBundle, rows: Any, items: ItemBlock, record: Any, head: int, names: Mapping[Key, tuple[str, str]]
) -> tuple[float, float, dict[Key, float], int]:
    from captum.attr import IntegratedGradients

    past, place = np.unique(rows.history, return_inverse=True)
    chosen = np.concatenate([[0], rows.item, past[past > 0]]).astype(np.int64)
    local = np.where(rows.history > 0, place.reshape(rows.history.shape) + (2 if len(past) and past[0] > 0 else 1), 0)
    given = item_inputs(items, chosen) | user_inputs(rows) | {"history": local.astype(np.int32)}
    row = {name: _tensor(part) for name, part in given.items()}
    row["record"], row["record_start"] = _tensor(record), _tensor(kept.scorer.unknown_record(items))
    keys = list(names)
    places: dict[str, list[int]] = {}
    for number, (source, _) in enumerate(keys):
        places.setdefault(source, []).append(number)
    path = PathOfFields(_committee(kept), row, places, head)
    nothing, whole = (torch.full((1, len(keys)), one, dtype=torch.float64) for one in (0.0, 1.0))
    with torch.no_grad():
        start, end = float(path(nothing)[0]), float(path(whole)[0])
    for steps in _STEPS:
        found = IntegratedGradients(path).attribute(
            whole, nothing, n_steps=steps, method="riemann_middle", internal_batch_size=_AT_ONCE
        )[0]
        if abs(float(found.sum()) - (end - start)) <= TOLERANCE / 2:
            return start, end, dict(zip(keys, found.tolist(), strict=True)), steps
    raise InternalFault("the gradients do not add up to the logit", hint="report this row")


def _by_trees(
    kept: KeptBundle, rows: Any, items: ItemBlock, record: Any, head: int
) -> tuple[float, float, dict[Key, float]]:
    shape = kept.manifest.shape
    given = {"row_item": rows.item, "row_record": record}
    columns = flatten(shape, item_inputs(items, slice(None)), user_inputs(rows), given)
    told = Trees.load(kept.folder, shape).contributions(columns, head)[0]
    parts: dict[Key, float] = {}
    for (source, place), value in zip(column_inputs(shape), told, strict=False):
        key = (source, 0 if source == "history" else place)
        parts[key] = parts.get(key, 0.0) + float(value)
    return float(told[-1]), float(told.sum()), parts


def _names(encoding: FeatureEncoding, record: int) -> dict[Key, tuple[str, str]]:
    """Every input's key with its field's name and part."""
    layout, names = encoding.layout, dict[Key, tuple[str, str]]()
    for side, prefix, part in ((layout.item, "item", "item"), (layout.row, "row", "user")):
        for kind in ("categorical", "bags", "numeric"):
            for place, feature in enumerate(getattr(side, kind)):
                names[f"{prefix}_{kind}", place] = (feature.name, part)
    if encoding.sizes.image:
        names["item_image", 0] = (", ".join(feature.name for feature in layout.images), "image")
    if encoding.sizes.text:
        names["item_text", 0] = (", ".join(feature.name for feature in layout.texts), "text")
    if layout.sequences:
        names["history", 0] = (", ".join(feature.name for feature in layout.sequences), "history")
    for place in range(record):
        names["row_record", place] = (f"record {place + 1}", "record")
    return names


def _committee(kept: KeptBundle) -> Committee:
    config = msgspec.convert(kept.manifest.config["model"], ModelConfig)
    committee = Committee([Network(kept.manifest.shape, config) for _ in range(config.members)])
    committee.load_state_dict(load_file(kept.folder / "weights.safetensors"))
    return committee


def _tensor(array: Any) -> torch.Tensor:
    tensor = torch.from_numpy(np.ascontiguousarray(array))
    return tensor.double() if tensor.is_floating_point() else tensor
