"""Nearness of meaning between texts, Chinese and English in one space (multilingual Universal Sentence Encoder)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from adplat.features import text_encoder_named


def nearness_of(text: str, prototypes: tuple[str, ...]) -> npt.NDArray[np.float32]:
    """(n,) cosines to each prototype. Raises MissingInput where the encoder is not installed."""
    return np.asarray(_vectors(prototypes) @ _vectors((text,))[0], dtype=np.float32)


@lru_cache(maxsize=256)
def _vectors(texts: tuple[str, ...]) -> npt.NDArray[np.float32]:
    return np.asarray(text_encoder_named("use-multilingual").encode(texts), dtype=np.float32)
