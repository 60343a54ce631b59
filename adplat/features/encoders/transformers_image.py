"""Any transformers vision model by hub id or folder: its pooled output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from adplat.features.arrays import Float32
from adplat.features.encoders.transformers_weights import load_pretrained, weights_fingerprint

if TYPE_CHECKING:
    from PIL.Image import Image


class TransformersImage:
    """Raises MissingInput when ``model_id`` names no model."""

    batch = 8

    def __init__(self, model_id: str) -> None:
        import torch
        from transformers import AutoImageProcessor, AutoModel

        self.name = f"transformers:{model_id}"
        self._processor = load_pretrained(AutoImageProcessor.from_pretrained, model_id)
        model = load_pretrained(AutoModel.from_pretrained, model_id, dtype=torch.float32)
        # A joint model such as CLIP or SigLIP has a vision tower of its own.
        self._model = getattr(model, "vision_model", model).eval()
        self.fingerprint = weights_fingerprint("transformers-image", self._model, self._processor.to_json_string())
        from PIL.Image import new

        self.size = int(self._pooled([new("RGB", (64, 64))]).shape[1])

    def encode(self, images: Sequence[Image]) -> Float32:
        """(n, D)"""
        return np.asarray(self._pooled(images).numpy(), dtype=np.float32)

    def _pooled(self, images: Sequence[Image]) -> Any:
        import torch

        prepared = self._processor(images=list(images), return_tensors="pt")
        with torch.inference_mode():
            output = self._model(pixel_values=prepared["pixel_values"])
        pooled = getattr(output, "pooler_output", None)
        if pooled is None:
            states = output.last_hidden_state
            # Tokens (n, T, D) for a transformer, maps (n, D, h, w) for a convolutional net.
            pooled = states.mean(1) if states.dim() == 3 else states.mean((2, 3))
        return pooled.flatten(1)
