"""Long encoder vectors to short ones that a small model can weigh: PCA whitening, one per modality.

With training vectors ``x`` of mean ``m`` and covariance ``V diag(l) V'``, the first ``d`` eigenvalues
largest, ``z = clip((x - m) V_d diag(l_d)^-1/2, ±LIMIT)`` has uncorrelated coordinates of unit variance.
``d`` never exceeds the rank, so that no coordinate is noise blown up to one. Image and text are whitened apart: one
joint basis would be ruled by whichever encoder has the larger numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.features.arrays import Float32, Float64

# Standard deviations beyond which a coordinate says nothing more.
LIMIT = 4.0
# Directions with less than this share of the largest eigenvalue are rounding, not content.
NEGLIGIBLE = 1e-6
# Items that are projected at once.
BLOCK = 256


@dataclass(frozen=True)
class Whitening:
    """Maps (M, C, D) vectors of C columns to (M, d)."""

    mean: Float32  # (C, D)
    projection: Float32  # (C * D, d), already divided by the spread

    @property
    def dimension(self) -> int:
        """d"""
        return int(self.projection.shape[1])

    @classmethod
    def fit(cls, vectors: Float32, present: Float32, dimension: int) -> Whitening:
        """Fit on training items: ``vectors`` (M, C, D), ``present`` (M, C); needs no two items at all."""
        columns, size = vectors.shape[1], vectors.shape[2]
        weight = present[:, :, None].astype(np.float64)
        counts = np.maximum(weight.sum(axis=0), 1.0)
        mean = ((vectors * weight).sum(axis=0) / counts).astype(np.float32)
        centred = _centred(vectors, present, mean)[present.max(axis=1) > 0].astype(np.float64)
        if len(centred) < 2:
            return cls(mean, np.zeros((columns * size, 0), dtype=np.float32))
        variance, directions = _principal(centred)
        rank = int((variance > NEGLIGIBLE * max(float(variance[0]), 1e-12)).sum())
        kept = min(dimension, rank, len(centred) - 1)
        basis = directions[:kept]
        # An eigenvector's sign is arbitrary; the same data must give the same bundle.
        leading = basis[np.arange(kept), np.abs(basis).argmax(axis=1)]
        basis = basis * np.where(leading < 0, -1.0, 1.0)[:, None]
        return cls(mean, (basis / np.sqrt(variance[:kept, None])).T.astype(np.float32))

    def apply(self, vectors: Float32, present: Float32) -> Float32:
        """(M, C, D) and (M, C) to (M, d); an item with no column present becomes zero.

        An item gives the same bits whatever it is encoded beside: products of 32 bits are added in an order that
        depends on how many rows there are, so they are added in 64 bits, in blocks of one size, and rounded then.
        """
        reduced = np.zeros((len(vectors), self.dimension), dtype=np.float32)
        projection, block = self.projection.astype(np.float64), np.zeros((BLOCK, self.mean.size))
        for start in range(0, len(vectors), BLOCK):
            rows = slice(start, min(start + BLOCK, len(vectors)))
            block[: rows.stop - start] = _centred(vectors[rows], present[rows], self.mean)
            reduced[rows] = np.clip(block @ projection, -LIMIT, LIMIT)[: rows.stop - start]
        reduced[present.max(axis=1) == 0] = 0.0
        return reduced


def _centred(vectors: Float32, present: Float32, mean: Float32) -> Float32:
    """Absent columns sit at the mean; (M, C * D)."""
    centred: Float32 = (vectors - mean) * present[:, :, None]
    return centred.reshape(len(vectors), mean.size)


def _principal(centred: Float64) -> tuple[Float64, Float64]:
    """Variances, largest first, and their directions as rows, of centred (M, D) vectors.

    The smaller of the two Gram matrices is decomposed: many items make a (D, D) one, few an (M, M) one whose
    eigenvectors are mapped back, and an SVD of the vectors themselves costs ten times as much.
    """
    items, size = centred.shape
    if size <= items:
        variance, vectors = np.linalg.eigh(centred.T @ centred / items)
        return variance[::-1], vectors.T[::-1]
    variance, vectors = np.linalg.eigh(centred @ centred.T / items)
    variance, vectors = np.maximum(variance[::-1], 0.0), vectors[:, ::-1]
    directions = vectors.T @ centred
    return variance, directions / np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-12)
