"""Letters read in a picture, Chinese and Latin, by PP-OCRv4 through RapidOCR."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from adplat.domain import Box, MissingInput
from adplat.review.senses.lines import ReadLine

if TYPE_CHECKING:
    from PIL.Image import Image

_PACKAGE = "rapidocr-onnxruntime"
_LONGEST_SIDE_PX = 1_600  # letters that a person reads on a screen are still whole at this size
_SMALL_SIDE_PX = 800  # below it letters are so small that the reader loses the spaces between words
_SURE = 0.6


def read_lines(picture: Image) -> tuple[ReadLine, ...]:
    """Lines from the top to the bottom. Raises MissingInput where the reader is not installed."""
    from PIL import Image as Pictures

    scale = 2.0 if max(picture.size) <= _SMALL_SIDE_PX else min(1.0, _LONGEST_SIDE_PX / max(picture.size))
    if scale != 1:
        size = (max(round(picture.width * scale), 1), max(round(picture.height * scale), 1))
        picture = picture.resize(size, Pictures.Resampling.LANCZOS)
    found, _ = _reader()(np.ascontiguousarray(np.asarray(picture.convert("RGB"))[:, :, ::-1]), use_cls=False)
    lines = []
    for corners, text, sure in found or ():
        if float(sure) < _SURE or not str(text).strip():
            continue
        xs, ys = [corner[0] / scale for corner in corners], [corner[1] / scale for corner in corners]
        box = Box(round(min(xs)), round(min(ys)), round(max(xs) - min(xs)), round(max(ys) - min(ys)))
        lines.append(ReadLine(str(text).strip(), box, float(sure)))
    return tuple(lines)


@lru_cache(maxsize=1)
def _reader() -> Any:
    if find_spec("rapidocr_onnxruntime") is None:
        raise MissingInput(f"package {_PACKAGE!r} is not installed", hint=f"pip install --no-deps {_PACKAGE}")
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    from rapidocr_onnxruntime import RapidOCR

    return RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)
