"""A network between "nothing known" and one row: every named field moved in by its own share.

The start is the unknown item shown to an unknown user without a history. A share of 1 for all fields is the row itself.
Identifiers move in as vectors, so that every point on the way is one the network can be asked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from adplat.ctr.network import Committee

ITEM_ROW = 1


class PathOfFields:
    """Logits (B,) of one head for shares (B, G) of the fields ``names``.

    ``row`` are float64 and integer tensors: item inputs with row 0 unknown, row 1 the target and further rows for the
    history; user inputs of one row; ``record`` and ``record_start`` (1, R). ``places`` say which share moves what.
    """

    def __init__(
        self, committee: Committee, row: Mapping[str, Tensor], places: Mapping[str, list[int]], head: int
    ) -> None:
        self._committee = committee.double().eval()
        self._row, self._places, self._head = dict(row), places, head

    def __call__(self, shares: Tensor) -> Tensor:
        """Logits (B,)."""
        count = len(shares)
        items = self._items(shares)
        users = self._users(shares, count)
        with self._moved(shares):
            made = self._committee.items(items)
            told = self._committee.users(users, made)
            record = self._record(shares)
            rows = torch.arange(count, dtype=torch.int32) + ITEM_ROW
            return self._committee.cross(made, told, rows, record)[:, self._head]

    def _share(self, shares: Tensor, name: str) -> Tensor:
        return shares[:, self._places[name]]

    def _items(self, shares: Tensor) -> dict[str, Tensor]:
        """Row 0, the target once for each point, then the history's items, whole."""
        items: dict[str, Tensor] = {}
        for name, part in self._row.items():
            if not name.startswith("item_"):
                continue
            target = part[ITEM_ROW : ITEM_ROW + 1].expand(len(shares), *part.shape[1:])
            place = name.removesuffix("_present")
            if place in ("item_numeric", "item_image", "item_text") and self._places.get(place):
                moved = self._share(shares, place)
                target = target * (moved[:, 0] if target.dim() == 1 else moved)
            items[name] = torch.cat([part[:ITEM_ROW], target, part[ITEM_ROW + 1 :]])
        return items

    def _users(self, shares: Tensor, count: int) -> dict[str, Tensor]:
        users = {
            name: self._row[name].expand(count, *self._row[name].shape[1:])
            for name in ("row_categorical", "row_bags", "row_numeric", "history")
        }
        if self._places.get("row_numeric"):
            users["row_numeric"] = users["row_numeric"] * self._share(shares, "row_numeric")
        # The history's rows stand behind all copies of the target.
        history = users["history"].long()
        users["history"] = torch.where(history > ITEM_ROW, history + count - 1, history)
        return users

    def _record(self, shares: Tensor) -> Tensor | None:
        if not self._places.get("row_record"):
            return None
        start = self._row["record_start"]
        return start + self._share(shares, "row_record") * (self._row["record"] - start)

    @contextmanager
    def _moved(self, shares: Tensor) -> Iterator[None]:
        """While the block runs, identifiers and memories move in by their shares."""
        handles = []
        for network in self._committee.networks:
            for side, prefix in ((network.item_side, "item"), (network.user_side, "row")):
                handles.append(side.ids.register_forward_hook(self._embedded(shares, prefix)))
            if network.user_side.memory is not None:
                handles.append(network.user_side.memory.register_forward_hook(self._remembered(shares)))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _embedded(self, shares: Tensor, prefix: str) -> Callable[..., list[Tensor]]:
        def hook(module: nn.Module, given: tuple[Any, ...], out: list[Tensor]) -> list[Tensor]:
            names = [name for name in (f"{prefix}_categorical", f"{prefix}_bags") if self._places.get(name)]
            unknown = module.forward(*(None if one is None else torch.zeros_like(one) for one in given))
            moved = []
            for name, whole, start in zip(names, out, unknown, strict=True):
                width = whole.shape[1] // len(self._places[name])
                share = self._share(shares, name).repeat_interleave(width, dim=1)
                if prefix == "item":
                    end = ITEM_ROW + len(shares)
                    between = start[ITEM_ROW:end] + share * (whole[ITEM_ROW:end] - start[ITEM_ROW:end])
                    moved.append(torch.cat([whole[:ITEM_ROW], between, whole[end:]]))
                else:
                    moved.append(start + share * (whole - start))
            return moved

        return hook

    def _remembered(self, shares: Tensor) -> Callable[..., tuple[dict[str, Tensor], Tensor]]:
        def hook(
            _module: nn.Module, _given: tuple[Any, ...], out: tuple[dict[str, Tensor], Tensor]
        ) -> tuple[dict[str, Tensor], Tensor]:
            parts, alone = out
            share = self._share(shares, "history")
            weighed = {
                name: part * share.unsqueeze(-1) if name == "present" or name.endswith("_real") else part
                for name, part in parts.items()
            }
            return weighed, alone * share

        return hook
