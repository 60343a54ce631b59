"""Abusive English scored by the linear model of ``alt-profanity-check`` over words."""

from __future__ import annotations

import warnings
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from adplat.domain import MissingInput

_PACKAGE = "alt-profanity-check"


def abuse_of(text: str) -> float:
    """0 to 1. Raises MissingInput where the model is not installed, or was fitted by another scikit-learn."""
    return float(_scorer()([text])[0])


@lru_cache(maxsize=1)
def _scorer() -> Any:
    if find_spec("profanity_check") is None:
        raise MissingInput(f"package {_PACKAGE!r} is not installed", hint=f"pip install --no-deps {_PACKAGE}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            from profanity_check import predict_prob
        except Warning:
            raise MissingInput(
                f"package {_PACKAGE!r} was fitted by another scikit-learn",
                hint="install the release that names the scikit-learn in use",
            ) from None
    return predict_prob
