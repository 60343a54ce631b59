from __future__ import annotations

import numpy as np
import pytest

from adplat.features.whitening import LIMIT, Whitening


def cloud(items: int, size: int, rank: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(items, rank)) @ rng.normal(size=(rank, size)) + 5.0
    return vectors[:, None].astype(np.float32), np.ones((items, 1), dtype=np.float32)


@pytest.mark.parametrize(("items", "size"), [(400, 30), (25, 60)])
def test_training_vectors_become_uncorrelated_with_unit_variance(items: int, size: int) -> None:
    vectors, present = cloud(items, size, rank=6)
    reduced = Whitening.fit(vectors, present, 6).apply(vectors, present)
    np.testing.assert_allclose(reduced.mean(axis=0), 0.0, atol=0.05)
    np.testing.assert_allclose(reduced.T @ reduced / items, np.eye(6), atol=0.1)


def test_no_more_dimensions_than_the_rank_or_the_items_allow() -> None:
    assert Whitening.fit(*cloud(100, 20, rank=3), 64).dimension == 3
    assert Whitening.fit(*cloud(5, 20, rank=20), 64).dimension == 4
    assert Whitening.fit(*cloud(1, 20, rank=20), 64).dimension == 0
    assert Whitening.fit(*cloud(0, 20, rank=20), 64).dimension == 0


def test_the_same_data_gives_the_same_axes_and_outliers_are_clipped() -> None:
    vectors, present = cloud(50, 20, rank=5)
    whitening = Whitening.fit(vectors, present, 5)
    np.testing.assert_array_equal(whitening.projection, Whitening.fit(vectors.copy(), present, 5).projection)
    far = whitening.apply(vectors * 1000, present)
    assert np.abs(far).max() == LIMIT


def test_what_is_absent_is_zero_and_teaches_nothing() -> None:
    vectors, present = cloud(60, 10, rank=4)
    whitening = Whitening.fit(vectors, present, 4)
    padded = np.concatenate([vectors, np.zeros((7, 1, 10), np.float32)])
    marked = np.concatenate([present, np.zeros((7, 1), np.float32)])
    again = Whitening.fit(padded, marked, 4)
    np.testing.assert_allclose(again.projection, whitening.projection, rtol=1e-4, atol=1e-6)
    assert not again.apply(padded, marked)[60:].any()


def test_an_item_gives_the_same_bits_whatever_it_is_encoded_beside() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(1500, 1, 384)).astype(np.float32)
    present = np.ones((1500, 1), dtype=np.float32)
    whitening = Whitening.fit(vectors, present, 64)
    together = whitening.apply(vectors, present)
    for start, stop in ((0, 1), (7, 8), (3, 700), (1499, 1500), (250, 262), (1, 1500)):
        part = whitening.apply(vectors[start:stop], present[start:stop])
        np.testing.assert_array_equal(part, together[start:stop])
