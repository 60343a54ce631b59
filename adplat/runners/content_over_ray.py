"""Encoding over Ray Data: the steps of ``features.content_steps``, each taken by many workers.

Pictures are read by the workers, so the folder must be there on every machine under the same path. Vectors come
back, and whoever asked writes them: the cache needs no shared disk and its files look as one process would have
made them. What is sent is small: paths or texts there, one vector each back.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from adplat.domain import FeatureKind, InputError, MissingInput
from adplat.features import ContentSteps, Encoder, EncodingOrder, Key, Named, Refused, Vector, picture_names
from adplat.runners.ray_machines import RayMachines

# Cells of one task: under a second for the default encoders, so that little is lost and a bar moves.
CELLS = 64
NAMED_CELLS = 512

Block = dict[str, Any]  # columns of one task's answer


def spread_over(machines: RayMachines) -> Callable[[ContentSteps], ContentSteps]:
    """The same steps on these machines, which are started when the first cell is there."""
    return lambda steps: _SpreadSteps(steps, machines)


@dataclass(frozen=True)
class _SpreadSteps:
    """See ``ContentSteps``; texts are named here, because a hash costs less than the way."""

    here: ContentSteps
    machines: RayMachines

    @property
    def encoder(self) -> Encoder:
        return self.here.encoder

    @property
    def order(self) -> EncodingOrder:
        return self.here.order

    def names(self, cells: Sequence[object]) -> Iterator[Named]:
        if self.order.kind is not FeatureKind.IMAGE:
            yield from self.here.names(cells)
            return
        named: dict[int, Named] = {}
        # A path that is no text names no picture, as an empty one.
        paths = [cell if isinstance(cell, str) else "" for cell in cells]
        tasks = [{"start": start, "cells": part} for start, part in _parts(paths, NAMED_CELLS)]
        answers = self._answers(tasks, name_pictures, {"fn_kwargs": {"root": self.order.root}})
        # Tasks end in any order; the first cells are told as soon as all before them are there.
        told = 0
        for block in answers:
            named.update(zip(block["place"].tolist(), _read(block), strict=True))
            while told in named:
                yield named.pop(told)
                told += 1

    def vectors(self, cells: Sequence[object]) -> Iterator[Vector]:
        size = max(CELLS // self.encoder.batch, 1) * self.encoder.batch
        tasks = [{"cells": part} for _, part in _parts([str(cell) for cell in cells], size)]
        for block in self._answers(tasks, EncodingWorker, {"fn_constructor_args": (self.order,)}):
            for name, key, vector in zip(_read(block), block["key"], block["vector"], strict=True):
                yield bytes(key), name if isinstance(name, Refused) else vector

    def _answers(self, tasks: list[Block], work: Any, options: dict[str, Any]) -> Iterator[Block]:
        """Each task's answer, as it is done. Raises MissingInput where a worker lacks what the work needs."""
        if not tasks:
            return
        self.machines.start()
        import ray
        from ray.data import ActorPoolStrategy, DataContext, TaskPoolStrategy

        logging.getLogger("ray.data").setLevel(logging.ERROR)
        DataContext.get_current().enable_progress_bars = False
        workers = min(self.machines.workers, len(tasks))
        compute = ActorPoolStrategy(size=workers) if isinstance(work, type) else TaskPoolStrategy(workers)
        # A block is what one task gets and answers; none waits for others.
        rows = ray.data.from_items(tasks, override_num_blocks=len(tasks))
        done = rows.map_batches(work, batch_size=1, batch_format="numpy", compute=compute, num_cpus=1, **options)
        for block in done.iter_batches(batch_size=None, batch_format="numpy"):
            if "fault" in block:
                raise MissingInput(
                    str(block["fault"][0]),
                    where=str(block["node"][0]),
                    hint="every machine of the cluster needs the data folder under this path and the same packages",
                )
            yield block


class EncodingWorker:
    """One process with one encoder on one core, for all of its tasks."""

    def __init__(self, order: EncodingOrder) -> None:
        self._fault = _missing(order.root)
        try:
            self._steps = order.steps()
        except InputError as reason:
            self._fault = str(reason)
            return
        if self._steps.encoder.fingerprint != order.fingerprint:
            self._fault = f"encoder {order.encoder!r} has other weights there than here"
        if "torch" in sys.modules:
            import torch

            torch.set_num_threads(1)

    def __call__(self, batch: Block) -> Block:
        """Columns ``key`` (n,), ``reason`` (n,) and ``vector`` (n, D) of the cells that could be read."""
        if self._fault:
            return _faulty(self._fault)
        made = list(self._steps.vectors(list(batch["cells"][0])))
        vectors = np.zeros((len(made), self._steps.encoder.size), dtype=np.float32)
        for row, (_, vector) in enumerate(made):
            if not isinstance(vector, Refused):
                vectors[row] = vector
        reasons = [vector.reason if isinstance(vector, Refused) else "" for _, vector in made]
        return {"key": [key for key, _ in made], "reason": reasons, "vector": vectors}


def name_pictures(batch: Block, root: str) -> Block:
    """Columns ``place`` (n,), ``key`` (n,) and ``reason`` (n,) of the pictures of one task."""
    if fault := _missing(root):
        return _faulty(fault)
    names = list(picture_names(Path(root), list(batch["cells"][0])))
    return {
        "place": int(batch["start"][0]) + np.arange(len(names)),
        "key": [b"" if isinstance(name, Refused) else name for name in names],
        "reason": [name.reason if isinstance(name, Refused) else "" for name in names],
    }


def _missing(root: str) -> str:
    return "" if not root or Path(root).is_dir() else f"a worker does not see the folder {root}"


def _faulty(fault: str) -> Block:
    import ray

    return {"fault": [fault], "node": [ray.get_runtime_context().get_node_id()]}


def _read(block: Block) -> list[Named]:
    """Key or refusal of each row."""
    told = zip(block["key"], block["reason"], strict=True)
    return [Refused(str(reason)) if reason else Key(key) for key, reason in told]


def _parts(cells: list[str], size: int) -> Iterator[tuple[int, list[str]]]:
    for start in range(0, len(cells), size):
        yield start, cells[start : start + size]
