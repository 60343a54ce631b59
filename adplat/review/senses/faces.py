"""Human faces found by the three small networks of MTCNN [Zhang2016]_.

The weights are those inside the wheel of ``facenet-pytorch``; the wheel's code, which needs torchvision, is not run.

.. [Zhang2016] K. Zhang et al., Joint Face Detection and Alignment Using Multitask Cascaded Convolutional Networks,
   IEEE Signal Processing Letters 23(10), 2016.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from adplat.domain import MissingInput

if TYPE_CHECKING:
    from PIL.Image import Image

_PACKAGE = "facenet-pytorch"
_WORKING_SIDE_PX = 320
_SMALLEST_FACE_PX = 24  # at the working size
_STEP = 0.709  # each picture of the pyramid has half the area of the one before
_SURE = (0.6, 0.7, 0.97)  # real faces score 0.99 and more, and shoes have scored 0.92
_MOST_BOXES = 200
Array = npt.NDArray[np.float32]


def faces_in(picture: Image) -> tuple[float, ...]:
    """How sure each face is, 0 to 1, the surest first. Raises MissingInput where the weights are not installed."""
    import torch
    from PIL import Image as Pictures

    scale = _WORKING_SIDE_PX / max(picture.size)
    size = (max(round(picture.width * scale), 12), max(round(picture.height * scale), 12))
    small = picture.convert("RGB").resize(size, Pictures.Resampling.BILINEAR)
    pixels = torch.from_numpy(np.asarray(small, dtype=np.float32).transpose(2, 0, 1)[None].copy())
    with torch.inference_mode():
        boxes = _proposals(pixels)
        for side, network, sure in ((24, "rnet", _SURE[1]), (48, "onet", _SURE[2])):
            if len(boxes) == 0:
                return ()
            boxes = _refined(pixels, boxes, side, network, sure)
    return tuple(sorted((float(score) for score in boxes[:, 4]), reverse=True))


def _proposals(pixels: Any) -> Array:
    import torch.nn.functional as nn

    height, width = pixels.shape[2:]
    found: list[Array] = []
    scale = 12 / _SMALLEST_FACE_PX
    while min(height, width) * scale >= 12:
        size = (int(height * scale + 1), int(width * scale + 1))
        shrunk = (nn.interpolate(pixels, size=size, mode="area") - 127.5) / 128
        moves, chances = _network("pnet")(shrunk)
        sure = chances[0, 1].numpy()
        rows, columns = np.nonzero(sure >= _SURE[0])
        corners = np.stack([columns, rows], axis=1).astype(np.float32) * 2
        boxes = np.concatenate(
            [
                (corners + 1) / scale,
                (corners + 12) / scale,
                sure[rows, columns, None],
                moves[0].numpy()[:, rows, columns].T,
            ],
            axis=1,
        )
        found.append(_apart(boxes, 0.5))
        scale *= _STEP
    boxes = _apart(np.concatenate(found) if found else np.zeros((0, 9), np.float32), 0.7)[:_MOST_BOXES]
    return _squared(_moved(boxes[:, :5], boxes[:, 5:]))


def _refined(pixels: Any, boxes: Array, side: int, network: str, least: float) -> Array:
    import torch
    import torch.nn.functional as nn

    height, width = pixels.shape[2:]
    crops, kept = [], []
    within = np.clip(np.round(boxes[:, :4]), 0, [width, height, width, height]).astype(int)
    for number, (left, top, right, bottom) in enumerate(within):
        if right - left < 4 or bottom - top < 4:
            continue
        crops.append(nn.interpolate(pixels[:, :, top:bottom, left:right], size=(side, side), mode="area"))
        kept.append(number)
    if not crops:
        return np.zeros((0, 5), np.float32)
    moves, chances = _network(network)((torch.cat(crops) - 127.5) / 128)
    sure = chances[:, 1].numpy()
    boxes = boxes[kept].copy()
    boxes[:, 4] = sure
    passed = sure >= least
    return _apart(_squared(_moved(boxes[passed], moves.numpy()[passed])), 0.6)


def _moved(boxes: Array, moves: Array) -> Array:
    """Boxes moved by shares of their own sides, as the networks ask."""
    sides = np.stack([boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]], axis=1)
    moved = boxes.copy()
    moved[:, :4] += moves * np.concatenate([sides, sides], axis=1)
    return moved


def _squared(boxes: Array) -> Array:
    """Boxes made square about their middles."""
    side = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    middle_x, middle_y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    squared = boxes.copy()
    squared[:, :4] = np.stack(
        [middle_x - side / 2, middle_y - side / 2, middle_x + side / 2, middle_y + side / 2], axis=1
    )
    return squared


def _apart(boxes: Array, most_overlap: float) -> Array:
    """The surest boxes, none of which covers another by more than ``most_overlap`` of their union."""
    order = list(np.argsort(-boxes[:, 4], kind="stable"))
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept: list[int] = []
    while order:
        best = order.pop(0)
        kept.append(int(best))
        rest = np.array(order, dtype=int)
        width = np.minimum(boxes[rest, 2], boxes[best, 2]) - np.maximum(boxes[rest, 0], boxes[best, 0])
        height = np.minimum(boxes[rest, 3], boxes[best, 3]) - np.maximum(boxes[rest, 1], boxes[best, 1])
        shared = np.maximum(width, 0) * np.maximum(height, 0)
        overlap = shared / np.maximum(areas[rest] + areas[best] - shared, 1e-9)
        order = [int(number) for number in rest[overlap <= most_overlap]]
    chosen: Array = boxes[kept]
    return chosen


@lru_cache(maxsize=3)
def _network(name: str) -> Any:
    """A function of (n, 3, h, w) to (moves, chances), with the published layers."""
    import torch
    import torch.nn.functional as nn

    held = _weights(name)

    def layer(values: Any, number: str) -> Any:
        made = nn.conv2d(values, held[f"conv{number}.weight"], held[f"conv{number}.bias"])
        return nn.prelu(made, held[f"prelu{number}.weight"])

    def dense(values: Any, number: str) -> Any:
        return nn.linear(values, held[f"dense{number}.weight"], held[f"dense{number}.bias"])

    def flat(values: Any) -> Any:  # the weights were trained with columns first
        return values.permute(0, 3, 2, 1).reshape(len(values), -1)

    def pnet(values: Any) -> Any:
        values = nn.max_pool2d(layer(values, "1"), 2, 2, ceil_mode=True)
        values = layer(layer(values, "2"), "3")
        chances = nn.conv2d(values, held["conv4_1.weight"], held["conv4_1.bias"])
        return nn.conv2d(values, held["conv4_2.weight"], held["conv4_2.bias"]), torch.softmax(chances, 1)

    def rnet(values: Any) -> Any:
        values = nn.max_pool2d(layer(values, "1"), 3, 2, ceil_mode=True)
        values = nn.max_pool2d(layer(values, "2"), 3, 2, ceil_mode=True)
        values = nn.prelu(dense(flat(layer(values, "3")), "4"), held["prelu4.weight"])
        return dense(values, "5_2"), torch.softmax(dense(values, "5_1"), 1)

    def onet(values: Any) -> Any:
        values = nn.max_pool2d(layer(values, "1"), 3, 2, ceil_mode=True)
        values = nn.max_pool2d(layer(values, "2"), 3, 2, ceil_mode=True)
        values = nn.max_pool2d(layer(values, "3"), 2, 2, ceil_mode=True)
        values = nn.prelu(dense(flat(layer(values, "4")), "5"), held["prelu5.weight"])
        return dense(values, "6_2"), torch.softmax(dense(values, "6_1"), 1)

    return {"pnet": pnet, "rnet": rnet, "onet": onet}[name]


def _weights(name: str) -> dict[str, Any]:
    spec = find_spec("facenet_pytorch")
    if spec is None or spec.origin is None:
        raise MissingInput(f"package {_PACKAGE!r} is not installed", hint=f"pip install --no-deps {_PACKAGE}")
    import torch

    path = Path(spec.origin).parent / "data" / f"{name}.pt"
    held: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return held
