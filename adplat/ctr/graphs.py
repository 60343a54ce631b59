"""The three graphs of a bundle under ONNX Runtime: item side, user side, crossing.

Everything passes by name: a graph is given the parts that it declares, so the graphs need no table of contents.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]

ITEM_GRAPH, USER_GRAPH, CROSS_GRAPH = "item.onnx", "user.onnx", "cross.onnx"
GRAPHS = (ITEM_GRAPH, USER_GRAPH, CROSS_GRAPH)
_ITEM_ROWS = 8192


class Graph:
    """One session that takes and gives arrays by name. Safe to share between threads."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.reads = tuple(entry.name for entry in session.get_inputs())
        self.gives = tuple(entry.name for entry in session.get_outputs())

    def __call__(self, *sources: Arrays) -> dict[str, npt.NDArray[Any]]:
        """Run on what it reads, each array from the first source that has it."""
        inputs = {name: next(source[name] for source in sources if name in source) for name in self.reads}
        return dict(zip(self.gives, self._session.run(self.gives, inputs), strict=True))


class Graphs:
    """The three graphs in the order in which a score is made."""

    def __init__(self, item: Graph, user: Graph, cross: Graph) -> None:
        self._item, self._user, self._cross = item, user, cross

    @classmethod
    def open(cls, folder: Path, threads: int) -> Graphs:
        """Open ``item.onnx``, ``user.onnx`` and ``cross.onnx`` of a folder."""
        return cls(*(Graph(open_session(folder / name, threads)) for name in GRAPHS))

    def items(self, inputs: Arrays) -> Arrays:
        """The parts of every item of a catalogue, in pieces that bound the memory of what lies between."""
        rows = len(inputs["item_image_present"])
        pieces = [
            self._item({name: array[start : start + _ITEM_ROWS] for name, array in inputs.items()})
            for start in range(0, rows, _ITEM_ROWS)
        ]
        if len(pieces) == 1:
            return pieces[0]
        return {name: np.concatenate([piece[name] for piece in pieces]) for name in self._item.gives}

    def users(self, inputs: Arrays, items: Arrays) -> Arrays:
        """The parts of every user; ``history`` points into the rows of ``items``."""
        return self._user(inputs, items)

    def cross(self, items: Arrays, users: Arrays, rows: Arrays) -> npt.NDArray[np.float32]:
        """Probabilities (N, H) of ``row_item`` and ``row_record``; users have N rows or one for all."""
        return self._cross(rows, users, items)["probabilities"]


def open_session(path: Path, threads: int) -> Any:
    """An ONNX Runtime session on the CPU with this many threads and no telemetry."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
