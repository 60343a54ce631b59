"""The network and its calibration as three ONNX graphs: item side, user side, crossing with calibration.

Torch's tracing exporter takes a third of a second here, its successor ten to thirty: too long for every
retraining. Nothing is taken on trust: the written graphs are run one after another and a difference is refused.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from adplat.ctr.calibration import LogitMap
from adplat.ctr.folding import fold_norms
from adplat.ctr.graphs import CROSS_GRAPH, ITEM_GRAPH, USER_GRAPH, Graphs
from adplat.ctr.network import Committee
from adplat.ctr.shape import NetworkShape
from adplat.ctr.sides import Parts
from adplat.domain import InternalFault

# A float32 sigmoid is 1.0 from about 17 on; staying below keeps sure rows apart and probabilities in (0, 1).
_LOGIT_LIMIT = 15.0
_OPSET = 17
_TOLERANCE = 1e-5
_ITEM, _USER = "item.", "user."


class CalibratedHead(nn.Module):
    """``calibration.LogitMap`` as tensors: sums of ramps, so that runtimes need only ReLU."""

    knots: Tensor
    bends: Tensor

    def __init__(self, logit_map: LogitMap) -> None:
        super().__init__()
        slopes, knots = list(logit_map.slopes), list(logit_map.knots)
        self.first_knot = knots[0] if knots else 0.0
        self.at_first, self.first_slope = logit_map.at_first, slopes[0]
        bends = [after - before for before, after in pairwise(slopes)]
        self.register_buffer("knots", torch.tensor(knots, dtype=torch.float32))
        self.register_buffer("bends", torch.tensor(bends, dtype=torch.float32))

    def forward(self, logit: Tensor) -> Tensor:
        """(N,) logits to (N,) probabilities."""
        calibrated = self.at_first + self.first_slope * (logit - self.first_knot)
        if len(self.knots):
            calibrated = calibrated + (torch.relu(logit.unsqueeze(1) - self.knots) * self.bends).sum(1)
        return torch.sigmoid(calibrated.clamp(-_LOGIT_LIMIT, _LOGIT_LIMIT))


class ScoringModule(nn.Module):
    """Named inputs to calibrated probabilities (N, H): what the bundle's graphs compute together.

    The stages are those of ``Network``; whatever calibration wants to know of an item or a user is added to the parts
    of that side, so that it, too, is looked up once.
    """

    def __init__(self, network: Committee, calibration: Mapping[str, LogitMap]) -> None:
        super().__init__()
        self.network = network
        self.heads = nn.ModuleList(CalibratedHead(logit_map) for logit_map in calibration.values())

    def forward(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """(N, H): pCTR and, where the schema has conversions, pCVR."""
        items = self.items(inputs)
        return self.cross(items, self.users(inputs, items), inputs["row_item"], inputs.get("row_record"))

    def items(self, inputs: Mapping[str, Tensor]) -> Parts:
        """Once per catalogue."""
        return self.network.items(inputs)

    def users(self, inputs: Mapping[str, Tensor], items: Mapping[str, Tensor]) -> Parts:
        """Once per request."""
        return self.network.users(inputs, items)

    def cross(
        self, items: Mapping[str, Tensor], users: Mapping[str, Tensor], row_item: Tensor, record: Tensor | None
    ) -> Tensor:
        """Once per candidate: calibrated probabilities (N, H)."""
        logits = self.network.cross(items, users, row_item, record)
        return torch.stack([head(logits[:, number]) for number, head in enumerate(self.heads)], dim=1)


class _Stage(nn.Module):
    """The exporter names positional inputs and outputs; this turns them back into the named ones."""

    def __init__(self, module: nn.Module, names: tuple[str, ...], stage: Callable[[Parts], Parts]) -> None:
        super().__init__()
        self.module, self.names, self.stage = module, names, stage

    def forward(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.stage(dict(zip(self.names, tensors, strict=True))).values())


def export_graphs(module: ScoringModule, shape: NetworkShape, example: Mapping[str, Tensor], folder: Path) -> None:
    """Write the three graphs into ``folder`` and check them. ``example`` needs two or more rows and items.

    Raises InternalFault where graphs and network differ by more than 1e-5.
    """
    module.eval()
    served = copy.deepcopy(module)
    for network in served.network.networks:
        fold_norms(network)
    given = dict(example)

    def items(inputs: Parts) -> Parts:
        return _marked(_ITEM, served.items(inputs))

    def users(inputs: Parts) -> Parts:
        return _marked(_USER, served.users(inputs, _unmarked(_ITEM, inputs)))

    def cross(inputs: Parts) -> Parts:
        parts = _unmarked(_ITEM, inputs), _unmarked(_USER, inputs)
        return {"probabilities": served.cross(*parts, inputs["row_item"], inputs.get("row_record"))}

    with torch.no_grad():
        item_parts = items(given)
        user_parts = users(given | item_parts)
    record = ("row_record",) if shape.record else ()
    _write(served, items, {name: given[name] for name in shape.item_inputs}, folder / ITEM_GRAPH)
    _write(served, users, {name: given[name] for name in shape.user_inputs} | item_parts, folder / USER_GRAPH)
    pairs = {name: given[name] for name in ("row_item", *record)}
    _write(served, cross, pairs | item_parts | user_parts, folder / CROSS_GRAPH)
    _refuse_differences(module, given, Graphs.open(folder, threads=1))


def _marked(mark: str, parts: Mapping[str, Tensor]) -> Parts:
    return {mark + name: part for name, part in parts.items()}


def _unmarked(mark: str, parts: Mapping[str, Tensor]) -> Parts:
    return {name.removeprefix(mark): part for name, part in parts.items() if name.startswith(mark)}


def _write(module: nn.Module, stage: Callable[[Parts], Parts], inputs: Parts, path: Path) -> None:
    """One stage as a graph, the first axis of everything left open."""
    names = tuple(inputs)
    with torch.no_grad():
        gives = tuple(stage(inputs))
    with warnings.catch_warnings():
        # Torch announces the end of this exporter, and warns of every shape that is read while tracing.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Stage(module, names, stage).eval(),
            tuple(inputs.values()),
            path,
            input_names=list(names),
            output_names=list(gives),
            opset_version=_OPSET,
            dynamo=False,
            dynamic_axes={name: {0: _axis(name)} for name in (*names, *gives)},
        )


def _axis(name: str) -> str:
    """Rows of a catalogue, of users (of which there may be one for all candidates), or of candidates."""
    if name.startswith(("item.", "item_")):
        return "items"
    if name in ("row_item", "row_record", "probabilities"):
        return "rows"
    return "users"


def _refuse_differences(module: ScoringModule, example: Parts, graphs: Graphs) -> None:
    for count in (len(example["row_item"]), 1):
        part = {name: tensor if name.startswith("item_") else tensor[:count] for name, tensor in example.items()}
        arrays = {name: tensor.numpy() for name, tensor in part.items()}
        items = graphs.items(arrays)
        found = graphs.cross(items, graphs.users(arrays, items), arrays)
        with torch.inference_mode():
            wanted = module(part).numpy()
        difference = float(np.abs(found - wanted).max())
        if not difference <= _TOLERANCE:
            raise InternalFault(
                f"the exported graphs differ by {difference:.1e}", where=CROSS_GRAPH, hint="report this"
            )
