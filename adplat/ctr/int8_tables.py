"""Embedding tables in eight bits: a quarter of the memory, one scale a row, x ≈ scale · q with q in [-127, 127].

Only the tables of the served graphs shrink; ``weights.safetensors`` keeps what was trained. Identifiers make up nearly
all of a large model, and a row's largest value sets its own scale, so that rare rows keep their precision.
"""

from __future__ import annotations

import copy

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from adplat import statistics
from adplat.ctr.examples import Examples
from adplat.ctr.fit import predict_logits
from adplat.ctr.network import Committee

Float64 = npt.NDArray[np.float64]


class Int8Table(nn.Module):
    """What ``nn.Embedding`` looks up, from rows of bytes."""

    bytes_: Tensor
    scales: Tensor

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        scales = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / 127.0
        self.register_buffer("bytes_", torch.round(weight / scales).to(torch.int8))
        self.register_buffer("scales", scales)

    def forward(self, index: Tensor) -> Tensor:
        """(…,) indices to (…, width) vectors."""
        flat = index.flatten()
        rows = self.bytes_.index_select(0, flat).to(torch.float32) * self.scales.index_select(0, flat)
        return rows.reshape(*index.shape, -1)


def with_int8_tables(committee: Committee) -> Committee:
    """A copy whose identifier tables are held in eight bits."""
    smaller = copy.deepcopy(committee)
    for network in smaller.networks:
        for side in (network.item_side, network.user_side):
            table = side.ids.table
            if isinstance(table, nn.Embedding):
                side.ids.table = Int8Table(table.weight.detach())  # type: ignore[assignment]  # looked up alike
    return smaller


def int8_figures(committee: Committee, logits: Float64, later: Examples) -> dict[str, float]:
    """Bytes of the tables before and after, and by how much the AUC of the later rows changed (negative: worse).

    ``logits`` (N,) are those of the committee as trained.
    """
    smaller = with_int8_tables(committee)
    clicks = later.labels[:, 0].astype(np.float64)
    told = {"bytes_float32": float(table_bytes(committee)), "bytes_int8": float(table_bytes(smaller))}
    if 0 < clicks.sum() < len(clicks):
        after = statistics.auc(clicks, predict_logits(smaller, later)[:, 0])
        told["auc_change"] = after - statistics.auc(clicks, logits)
    return told


def table_bytes(committee: Committee) -> int:
    """Bytes of all identifier tables as they stand."""
    tables = [side.ids.table for network in committee.networks for side in (network.item_side, network.user_side)]
    return sum(
        tensor.numel() * tensor.element_size() for table in tables for tensor in (*table.parameters(), *table.buffers())
    )
