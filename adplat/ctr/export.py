"""The network and its calibration as three ONNX graphs: item side, user side, crossing with calibration.

Torch's tracing exporter takes a third of a second here, its successor ten to thirty: too long for every
retraining. Nothing is taken on trust: the written graphs are run one after another and a difference is refused.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from adplat.ctr.calibrated_head import CalibratedHead, SideOffsets, chances, level_vector
from adplat.ctr.folding import fold_norms
from adplat.ctr.graphs import CROSS_GRAPH, ITEM_GRAPH, USER_GRAPH, Graphs
from adplat.ctr.head_calibration import HeadCalibration
from adplat.ctr.network import Committee
from adplat.ctr.shape import NetworkShape
from adplat.ctr.sides import Parts
from adplat.domain import InternalFault

_OPSET = 17
_TOLERANCE = 1e-5
_ITEM, _USER = "item.", "user."
_OFFSETS = "calibration"


class ScoringModule(nn.Module):
    """Named inputs to calibrated probabilities (N, H): what the bundle's graphs compute together.

    The stages are those of ``Network``; whatever calibration wants to know of an item or a user is added to the parts
    of that side, so that it, too, is looked up once.
    """

    def __init__(self, network: Committee, calibration: Mapping[str, HeadCalibration]) -> None:
        super().__init__()
        self.network = network
        heads = list(calibration.values())
        self.heads = nn.ModuleList(CalibratedHead(head.logit_map) for head in heads)
        self.levels = nn.Parameter(torch.from_numpy(level_vector(heads)), requires_grad=False)
        self.item_offsets, self.user_offsets = SideOffsets("item", heads), SideOffsets("row", heads)

    def forward(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """(N, H): pCTR and, where the schema has conversions, pCVR."""
        items = self.items(inputs)
        return self.cross(items, self.users(inputs, items), inputs["row_item"], inputs.get("row_record"))

    def items(self, inputs: Mapping[str, Tensor]) -> Parts:
        """Once per catalogue."""
        parts = self.network.items(inputs)
        return parts | {_OFFSETS: self.item_offsets(inputs["item_categorical"])} if self.item_offsets else parts

    def users(self, inputs: Mapping[str, Tensor], items: Mapping[str, Tensor]) -> Parts:
        """Once per request."""
        parts = self.network.users(inputs, items)
        return parts | {_OFFSETS: self.user_offsets(inputs["row_categorical"])} if self.user_offsets else parts

    def cross(
        self, items: Mapping[str, Tensor], users: Mapping[str, Tensor], row_item: Tensor, record: Tensor | None
    ) -> Tensor:
        """Once per candidate: calibrated probabilities (N, H)."""
        logits = self.network.cross(items, users, row_item, record)
        mapped = torch.stack([head(logits[:, number]) for number, head in enumerate(self.heads)], dim=1)
        calibrated: Tensor = mapped + self.levels
        if self.item_offsets:
            calibrated = calibrated + items[_OFFSETS].index_select(0, row_item)
        if self.user_offsets:
            calibrated = calibrated + users[_OFFSETS]
        return chances(calibrated)


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
