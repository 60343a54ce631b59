"""Trees behind the interface of ``graphs.Graphs``, so that tables and requests are scored by the same scorer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.special import expit

from adplat.ctr.bundle import Manifest
from adplat.ctr.field_places import Int32
from adplat.ctr.flattening import Arrays, Float32, flatten
from adplat.ctr.graphs import Graphs
from adplat.ctr.head_calibration import HeadCalibration
from adplat.ctr.trees import Trees

_HEADS = ("click", "conversion")


class TreeGraphs:
    """The booster behind the interface of ``graphs.Graphs``: what the sides know is carried to the crossing.

    ``maps`` are the heads' calibrations.
    """

    def __init__(self, trees: Trees, maps: Sequence[HeadCalibration]) -> None:
        self._trees, self._maps = trees, tuple(maps)

    def items(self, inputs: Arrays) -> Arrays:
        """The items' own arrays."""
        return dict(inputs)

    def users(self, inputs: Arrays, items: Arrays) -> Arrays:  # noqa: ARG002 - the interface of Graphs
        """The users' own arrays."""
        return dict(inputs)

    def cross(self, items: Arrays, users: Arrays, rows: Arrays) -> Float32:
        """Probabilities (N, H)."""
        logits = self._trees.logits(flatten(self._trees.shape, items, users, rows))
        calibrated = [
            one(logits[:, head], _indices(one, items["item_categorical"][rows["row_item"]], users["row_categorical"]))
            for head, one in enumerate(self._maps)
        ]
        chances: Float32 = expit(np.column_stack(calibrated)).astype(np.float32)
        return chances


def _indices(calibration: HeadCalibration, item: Int32, row: Int32) -> Int32:
    """(N, F) of the values of the calibrated fields; users may be one row for all."""
    sides = {"item": item, "row": np.broadcast_to(row, (len(item), row.shape[1]))}
    columns = [sides[field.place.side][:, field.place.column] for field in calibration.fields]
    return np.column_stack(columns) if columns else np.zeros((len(item), 0), np.int32)


def open_model(bundle_dir: Path, manifest: Manifest, threads: int) -> Graphs | TreeGraphs:
    """What scores a bundle: its graphs, or its trees. Raises BundleRejected."""
    if manifest.kind != "lightgbm":
        return Graphs.open(bundle_dir, threads)
    told = json.loads((bundle_dir / "calibration.json").read_bytes())
    maps = [HeadCalibration.from_json(told[name]) for name in _HEADS[: manifest.shape.heads]]
    return TreeGraphs(Trees.load(bundle_dir, manifest.shape, threads), maps)
