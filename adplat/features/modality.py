"""One modality of the items, images or texts: the encoder it was fitted with, and the whitening."""

from __future__ import annotations

from dataclasses import dataclass

from adplat.features.arrays import EncodingProblem, Float32
from adplat.features.whitening import Whitening


@dataclass(frozen=True)
class RawVectors:
    """What an encoder made of M items and C columns, before whitening."""

    vectors: Float32  # (M, C, D), zero where absent
    present: Float32  # (M, C)
    problems: tuple[EncodingProblem, ...]


@dataclass(frozen=True)
class Modality:
    """``encoder`` is the name that really ran (the fallback's, if it had to); ``fingerprint`` its content."""

    encoder: str
    fingerprint: str
    whitening: Whitening

    def reduce(self, raw: RawVectors) -> tuple[Float32, Float32]:
        """Whitened vectors (M, d) and whether each is real (M,)."""
        present = raw.present.max(axis=1)
        return self.whitening.apply(raw.vectors, raw.present), present
