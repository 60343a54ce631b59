"""The calibration of one head: a monotone map of the logit, and what single field values add to it.

Within one cell (one value of every field) the order of the logits never changes; between cells it may, where later
rows say so. How much it may is bounded: see ``fit_head``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit

from adplat import statistics
from adplat.ctr.calibration import LogitMap, fit_logit_map
from adplat.ctr.config import CalibrationConfig
from adplat.ctr.field_offsets import fit_field_offsets
from adplat.ctr.field_places import Cells, FieldPlace, Int32

Float64 = npt.NDArray[np.float64]
AUC_MAY_FALL = 1e-4
_SCALES = (1.0, 0.5, 0.25, 0.1)
_FURTHEST = 20.0


@dataclass(frozen=True, slots=True)
class FieldOffsets:
    """What each index of a categorical column adds to the logit; index 0, the unknown, adds nothing."""

    place: FieldPlace
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class HeadCalibration:
    """``logit_map(z)`` plus the offset of each field's value."""

    logit_map: LogitMap = LogitMap()  # noqa: RUF009  # frozen
    fields: tuple[FieldOffsets, ...] = ()

    def __call__(self, logits: Float64, indices: Int32) -> Float64:
        """Calibrated logits (N,); ``indices`` (N, F) of the values of ``fields``, in their order."""
        return self.logit_map(logits) + self.offsets(indices)

    def offsets(self, indices: Int32) -> Float64:
        """(N,) what the fields add."""
        added = np.zeros(len(indices))
        for number, field in enumerate(self.fields):
            added += np.array(field.values)[indices[:, number]]
        return added

    def moved(self, shift: float) -> HeadCalibration:
        """The same shape, ``shift`` higher."""
        return replace(self, logit_map=replace(self.logit_map, at_first=self.logit_map.at_first + shift))

    def anchored(
        self, logits: Float64, labels: Float64, indices: Int32, weights: Float64 | None = None
    ) -> HeadCalibration:
        """The same shape, moved up or down until the mean chance of these rows is their mean label.

        Unchanged without both classes.
        """
        weight = np.ones(len(labels)) if weights is None else weights
        rate = float((weight * labels).sum() / weight.sum()) if len(labels) else 0.0
        if not 0.0 < rate < 1.0:
            return self
        found, total = self(logits, indices), weight.sum()
        return self.moved(
            float(brentq(lambda move: (weight * expit(found + move)).sum() / total - rate, -_FURTHEST, _FURTHEST))
        )

    def reindexed(self, before: Int32, after: Int32, sizes: Sequence[int]) -> HeadCalibration:
        """The same offsets under another vocabulary.

        ``before`` and ``after`` (N, F) tell the same rows' values in both; values that no row shows get no offset.
        """
        fields = []
        for number, (field, size) in enumerate(zip(self.fields, sizes, strict=True)):
            values = np.zeros(size)
            values[after[:, number]] = np.array(field.values)[before[:, number]]
            values[0] = 0.0
            fields.append(replace(field, values=tuple(values.tolist())))
        return replace(self, fields=tuple(fields))

    def to_json(self) -> dict[str, Any]:
        """For calibration.json."""
        fields = [
            {"name": f.place.name, "side": f.place.side, "column": f.place.column, "offsets": list(f.values)}
            for f in self.fields
        ]
        return self.logit_map.to_json() | {"fields": fields}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> HeadCalibration:
        """Read what ``to_json`` gave."""
        fields = tuple(
            FieldOffsets(FieldPlace(f["name"], f["side"], int(f["column"])), tuple(f["offsets"]))
            for f in content.get("fields", ())
        )
        return cls(LogitMap.from_json(content), fields)


def read_calibration(bundle_dir: Path) -> dict[str, HeadCalibration]:
    """``calibration.json`` of a verified bundle, by head."""
    told = json.loads((bundle_dir / "calibration.json").read_bytes())
    return {name: HeadCalibration.from_json(content) for name, content in told.items()}


def fit_head(
    logits: Float64,
    labels: Float64,
    cells: Cells,
    config: CalibrationConfig,
    rng: np.random.Generator,
) -> HeadCalibration:
    """Map first, then offsets on top of it, then the level once more, so that Σp = Σy on these rows.

    Offsets are shrunk as a whole, down to none, until on rows that did not teach them (two halves, each calibrated by
    the other) the AUC is no more than 1e-4 below that of the plain logits.
    """
    logit_map = fit_logit_map(logits, labels, config)
    if not cells.places:
        return HeadCalibration(logit_map)
    scale = _bearable_scale(logits, labels, cells, config, rng)
    offsets = fit_field_offsets(logit_map(logits), labels, cells.indices, cells.sizes)
    fields = tuple(
        FieldOffsets(place, tuple((scale * values).tolist()))
        for place, values in zip(cells.places, offsets, strict=True)
    )
    return HeadCalibration(logit_map, fields).anchored(logits, labels, cells.indices)


def _bearable_scale(
    logits: Float64,
    labels: Float64,
    cells: Cells,
    config: CalibrationConfig,
    rng: np.random.Generator,
) -> float:
    indices = cells.indices
    half = rng.random(len(labels)) < 0.5
    parts = []
    for mine, other in ((half, ~half), (~half, half)):
        if not 0 < labels[mine].sum() < mine.sum():
            return 1.0
        logit_map = fit_logit_map(logits[other], labels[other], config)
        taught = fit_field_offsets(logit_map(logits[other]), labels[other], indices[other], cells.sizes)
        added = sum((values[indices[mine, f]] for f, values in enumerate(taught)), np.zeros(int(mine.sum())))
        plain = statistics.auc(labels[mine], logits[mine])
        parts.append((labels[mine], logit_map(logits[mine]), added, plain))
    for scale in _SCALES:
        # Two halves with two maps do not share one order, so each is ranked by itself.
        lost = [plain - statistics.auc(label, mapped + scale * added) for label, mapped, added, plain in parts]
        if sum(lost) / len(lost) <= AUC_MAY_FALL:
            return scale
    return 0.0
