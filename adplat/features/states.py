"""Encoders' vectors of rows' texts, and which texts the encoder of states reads (``WideConfig.states``)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.domain import ConfigRejected, Feature, FeatureSchema, MissingInput, Progress
from adplat.features.encoders.choice import MINILM_STATES
from adplat.features.encoders.protocols import TextEncoder
from adplat.features.encoders.registry import text_encoder_named
from adplat.features.item_vectors import encode_texts
from adplat.features.layout import Layout
from adplat.features.wide_config import WideConfig

Float64 = npt.NDArray[np.float64]


def with_states(schema: FeatureSchema, config: WideConfig) -> list[Feature]:
    """The texts whose states are read. Raises ConfigRejected for a name that is no text."""
    texts = {feature.name: feature for feature in Layout(schema).texts}
    for name in config.states_of:
        if name not in texts:
            raise ConfigRejected(
                f"{name!r} is no text", where="wide.states_of", hint=f"name some of {', '.join(texts) or 'no texts'}"
            )
    return [texts[name] for name in config.states_of or texts]


def states_reader(config: WideConfig) -> tuple[TextEncoder | None, str]:
    """The encoder of states where they are asked for, and a note where it is not installed."""
    if not config.states:
        return None, ""
    try:
        return text_encoder_named(MINILM_STATES), ""
    except MissingInput as reason:
        return None, f"text: without {MINILM_STATES} ({reason.what})"


def vectors_of(
    encoder: TextEncoder, features: Sequence[Feature], rows: pl.DataFrame, cache_dir: Path | None, progress: Progress
) -> tuple[Float64, Float64]:
    """(N, features · D) vectors side by side, zeros where there is none, and whether there are any (N, 1)."""
    keys = pl.Series([str(number) for number in range(len(rows))], dtype=pl.String)
    raw = encode_texts(encoder, features, keys, rows, cache_dir, progress)
    vectors = raw.vectors.astype(np.float64).reshape(len(rows), -1)
    return vectors, raw.present.max(axis=1, keepdims=True, initial=0.0).astype(np.float64)
