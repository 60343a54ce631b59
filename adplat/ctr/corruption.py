"""What the network must learn to do without: random gaps put into training batches.

A new creative has no trained identifier and no past, some creatives have no usable image or text, most
later users were never seen. Gaps of exactly these forms during training let the other inputs take over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat.ctr.config import ModelConfig
from adplat.ctr.examples import Inputs
from adplat.ctr.joint_record import hide_items, hide_users
from adplat.ctr.shape import NetworkShape


def corrupt(inputs: Inputs, shape: NetworkShape, config: ModelConfig, rng: np.random.Generator) -> None:
    """Put gaps into a freshly assembled batch, in place. Items are hidden for the whole batch, users by row."""
    rows, items = len(inputs["row_item"]), len(inputs["item_image_present"])
    if config.id_dropout:
        new = rng.random(items) < config.id_dropout
        _hide(inputs["item_categorical"], new, shape.item_id_columns)
        on_new = new[inputs["row_item"]] if shape.item_categorical else rng.random(rows) < config.id_dropout
        _hide(inputs["row_categorical"], on_new, shape.row_item_columns)
        own = shape.record - shape.pair
        hide_items(inputs["row_record"][:, :own].view(np.float32), on_new)
        inputs["row_record"][on_new, own:] = 0.0
    if config.modality_dropout:
        for name in ("image", "text"):
            gone = rng.random(items) < config.modality_dropout
            inputs[f"item_{name}"][gone] = 0.0
            inputs[f"item_{name}_present"][gone] = 0.0
    if config.user_dropout:
        unknown = rng.random(rows) < config.user_dropout
        _hide(inputs["row_categorical"], unknown, shape.row_user_columns)
        own = shape.record - shape.pair
        hide_users(inputs["row_record"][:, :own].view(np.float32), unknown)
        inputs["row_record"][unknown, own:] = 0.0
    if config.history_dropout and shape.sequences:
        forgotten = rng.random(len(inputs["history"])) < config.history_dropout
        inputs["history"][forgotten] = 0


def _hide(indices: npt.NDArray[Any], rows: npt.NDArray[np.bool_], columns: Sequence[int]) -> None:
    for column in columns:
        indices[rows, column] = 0
