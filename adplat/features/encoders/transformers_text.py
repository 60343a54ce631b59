"""Any transformers text model by hub id or folder: mean over the token states, unit length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from adplat.features.arrays import Float32
from adplat.features.encoders.transformers_weights import load_pretrained, weights_fingerprint

MAX_TOKENS = 256


class TransformersText:
    """Raises MissingInput when ``model_id`` names no model."""

    batch = 16

    def __init__(self, model_id: str) -> None:
        import torch
        from transformers import AutoModel, AutoTokenizer

        self.name = f"transformers:{model_id}"
        self._tokenizer = load_pretrained(AutoTokenizer.from_pretrained, model_id)
        model = load_pretrained(AutoModel.from_pretrained, model_id, dtype=torch.float32)
        # A joint model such as CLIP has a text tower of its own.
        self._model = getattr(model, "text_model", model).eval()
        self.size = int(self._model.config.hidden_size)
        limit = getattr(self._model.config, "max_position_embeddings", MAX_TOKENS)
        self._tokens = min(MAX_TOKENS, int(limit), self._tokenizer.model_max_length)
        vocabulary = str(sorted(self._tokenizer.get_vocab().items()))
        self.fingerprint = weights_fingerprint("transformers-text", self._model, f"{self._tokens}{vocabulary}")

    def encode(self, texts: Sequence[str]) -> Float32:
        """Unit vectors (n, D)."""
        import torch

        tokens = self._tokenizer(
            list(texts), padding=True, truncation=True, max_length=self._tokens, return_tensors="pt"
        )
        with torch.inference_mode():
            states = self._model(input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"])
            real = tokens["attention_mask"].unsqueeze(-1).float()
            mean = (states.last_hidden_state * real).sum(1) / real.sum(1).clamp(min=1.0)
            return np.asarray(torch.nn.functional.normalize(mean, dim=-1).numpy(), dtype=np.float32)
