"""The network and its calibration as one ONNX graph with dynamic rows, items and histories.

Torch's tracing exporter takes a third of a second here, its successor ten to thirty: too long for every
retraining. Nothing is taken on trust: the written graph is run and a difference is refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from adplat.ctr.calibration import LogitMap
from adplat.ctr.scorer import open_session
from adplat.ctr.shape import NetworkShape
from adplat.domain import InternalFault

# A float32 sigmoid is 1.0 from about 17 on; staying below keeps sure rows apart and probabilities in (0, 1).
_LOGIT_LIMIT = 15.0
_OPSET = 17
_TOLERANCE = 1e-5


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
    """Named inputs to calibrated probabilities (N, H): what the bundle's graph computes."""

    def __init__(self, network: nn.Module, calibration: Mapping[str, LogitMap]) -> None:
        super().__init__()
        self.network = network
        self.heads = nn.ModuleList(CalibratedHead(logit_map) for logit_map in calibration.values())

    def forward(self, inputs: Mapping[str, Tensor]) -> Tensor:
        """(N, H): pCTR and, where the schema has conversions, pCVR."""
        logits = self.network(inputs)
        return torch.stack([head(logits[:, number]) for number, head in enumerate(self.heads)], dim=1)


class _Positional(nn.Module):
    """The exporter names positional inputs; this turns them back into the named ones."""

    def __init__(self, module: nn.Module, names: tuple[str, ...]) -> None:
        super().__init__()
        self.module, self.names = module, names

    def forward(self, *tensors: Tensor) -> Tensor:
        scored: Tensor = self.module(dict(zip(self.names, tensors, strict=True)))
        return scored


def export_onnx(module: ScoringModule, shape: NetworkShape, example: Mapping[str, Tensor], path: Path) -> None:
    """Write ``path`` and check it. ``example`` needs two or more rows, items and histories.

    Raises InternalFault where the graph and the network differ by more than 1e-5.
    """
    names = shape.input_names
    module.eval()
    with warnings.catch_warnings():
        # Torch announces the end of this exporter, and warns of every shape that is read while tracing.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Positional(module, names).eval(),
            tuple(example[name] for name in names),
            path,
            input_names=list(names),
            output_names=["probabilities"],
            opset_version=_OPSET,
            dynamo=False,
            dynamic_axes={
                **{name: {0: "users" if name == "history" else name.split("_")[0]} for name in names},
                "probabilities": {0: "row"},
            },
        )
    session = open_session(path, threads=1)
    for count in (len(example["row_item"]), 1):
        part = {name: example[name][:count] if name.startswith("row_") else example[name] for name in names}
        # The exporter leaves out an input that cannot change the answer.
        read = [entry.name for entry in session.get_inputs()]
        found = session.run(None, {name: part[name].numpy() for name in read})[0]
        with torch.inference_mode():
            wanted = module(part).numpy()
        difference = float(np.abs(found - wanted).max())
        if not difference <= _TOLERANCE:
            raise InternalFault(f"the exported graph differs by {difference:.1e}", where=path.name, hint="report this")
