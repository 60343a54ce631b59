"""Hashed character n-grams: the text stand-in without weights. Knows spelling, not meaning."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from adplat.features.arrays import Float32


class HashedNgrams:
    """Counts of 1- to 4-character pieces, signed and hashed to 512 places, square-rooted, unit length.

    Characters rather than words, so that Chinese needs no word segmentation.
    """

    name = "hashing"
    fingerprint = "hashed-ngrams-1"
    size = 512
    batch = 256

    def encode(self, texts: Sequence[str]) -> Float32:
        """(n, 512)"""
        return np.stack([self._encode_one(text) for text in texts])

    def _encode_one(self, text: str) -> Float32:
        marked = f" {text.lower()} "
        pieces = [marked[i : i + n] for n in (1, 2, 3, 4) for i in range(len(marked) - n + 1)]
        hashes = np.array([zlib.crc32(piece.encode()) for piece in pieces], dtype=np.int64)
        signs = np.where(hashes & (1 << 31), -1.0, 1.0)
        counts = np.bincount(hashes % self.size, weights=signs, minlength=self.size)
        vector = np.sign(counts) * np.sqrt(np.abs(counts))
        return (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
