"""Rows for the rivals: one matrix in memory, cut into batches of ready tensors."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

LABEL = "label"


@dataclass(frozen=True)
class Split:
    """``N`` rows: indices (N, F) with 0 as padding, labels (N,)."""

    fields: torch.Tensor
    labels: torch.Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class RivalData:
    """Named fields with their sizes (padding and out-of-vocabulary included) and the splits by name."""

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    splits: dict[str, Split]

    @classmethod
    def read(cls, path: Path) -> RivalData:
        """What ``flows.frappe_halves`` wrote: arrays ``names``, ``sizes``, and ``fields_X``, ``labels_X`` a split."""
        with np.load(path) as arrays:
            names = tuple(str(name) for name in arrays["names"])
            sizes = tuple(int(size) for size in arrays["sizes"])
            splits = {
                key.removeprefix("fields_"): Split(
                    torch.from_numpy(arrays[key].astype(np.int64)),
                    torch.from_numpy(arrays[key.replace("fields_", "labels_")].astype(np.float32)),
                )
                for key in arrays.files
                if key.startswith("fields_")
            }
        return cls(names, sizes, splits)


class TensorBatches:
    """What FuxiCTR's loops iterate over: mappings of columns to tensors, shuffled anew each epoch where asked.

    Batches are cut from one matrix without a loop over rows, so a rival is timed without its file loader.
    """

    def __init__(self, names: tuple[str, ...], split: Split, batch: int, *, shuffle: bool) -> None:
        self._names, self._split, self._batch, self._shuffle = names, split, batch, shuffle

    def __len__(self) -> int:
        return math.ceil(len(self._split) / self._batch)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        fields, labels = self._split.fields, self._split.labels
        if self._shuffle:
            order = torch.randperm(len(labels))
            fields, labels = fields[order], labels[order]
        for start in range(0, len(labels), self._batch):
            part = fields[start : start + self._batch]
            batch = {name: part[:, number] for number, name in enumerate(self._names)}
            batch[LABEL] = labels[start : start + self._batch]
            yield batch
