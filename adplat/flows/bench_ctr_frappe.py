"""Frappe for the benchmark: the same rows for us and every rival.

``train.parquet`` is fitted on; of ``valid.parquet`` one half stops the training early and the other is reported on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.data import read_table, split_in_halves, write_table

LABEL = "label"
# Drawn once, before any model was compared on these halves.
HALVES_SEED = 11


@dataclass(frozen=True)
class FrappeFiles:
    """A folder laid out as ``configs/ctr/frappe.yaml`` expects it, with the reported half and the rivals' arrays."""

    folder: Path

    @property
    def report(self) -> Path:
        """The half that nothing was chosen on."""
        return self.folder / "report.parquet"

    @property
    def arrays(self) -> Path:
        """``names``, ``sizes``, and ``fields_X`` (N, F), ``labels_X`` (N,) for X in train, stop, report."""
        return self.folder / "rivals.npz"


def write_frappe(source: Path, folder: Path, rows: int = 0) -> FrappeFiles:
    """Write the halves and the arrays into ``folder``; with ``rows`` only so many of the first rows of each file.

    Raises MissingInput where the data set is not there.
    """
    train, valid = (read_table(source / f"{name}.parquet") for name in ("train", "valid"))
    if rows:
        train, valid = train.head(rows), valid.head(rows)
    stop, report = split_in_halves(valid, HALVES_SEED)
    files = FrappeFiles(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_table(train, folder / "train.parquet")
    write_table(stop, folder / "valid.parquet")
    write_table(report, files.report)
    np.savez(files.arrays, **_arrays({"train": train, "stop": stop, "report": report}))
    return files


def _arrays(splits: dict[str, pl.DataFrame]) -> dict[str, Any]:
    """Indices as FuxiCTR's own preparation gives them: 0 padding, training values from 1, one index for the rest."""
    train = splits["train"]
    names = [name for name in train.columns if name != LABEL]
    values = {name: np.unique(train[name].to_numpy()) for name in names}
    arrays: dict[str, Any] = {
        "names": np.array(names),
        "sizes": np.array([len(values[name]) + 2 for name in names]),
    }
    for split, frame in splits.items():
        columns = [_indices(frame[name].to_numpy(), values[name]) for name in names]
        arrays[f"fields_{split}"] = np.stack(columns, axis=1).astype(np.int32)
        arrays[f"labels_{split}"] = frame[LABEL].to_numpy().astype(np.float32)
    return arrays


def _indices(column: npt.NDArray[np.int64], known: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    place = np.minimum(np.searchsorted(known, column), len(known) - 1)
    return np.where(known[place] == column, place + 1, len(known) + 1)
