from __future__ import annotations

import numpy as np
import pytest

from adplat.ctr.batches import epoch_batches


@pytest.mark.parametrize("rows", [1, 2, 7, 64, 1001])
@pytest.mark.parametrize("blocks", [1, 4, 1000])
def test_every_row_comes_once_but_for_a_lonely_last_one(rows: int, blocks: int) -> None:
    clicked = np.zeros(rows, np.float32)
    batches = list(epoch_batches(clicked, 10, 1.0, np.random.default_rng(0), 16, blocks))
    seen = np.concatenate(batches)
    assert len(np.unique(seen)) == len(seen)
    assert len(seen) == (rows - 1 if rows % 10 == 1 and rows > 1 else rows)
    assert all(len(batch) == 10 for batch in batches[:-1])


def test_windows_mix_rows_of_distant_blocks() -> None:
    clicked = np.zeros(64 * 100, np.float32)
    first = next(epoch_batches(clicked, 100, 1.0, np.random.default_rng(0), 64, 20))
    assert len(np.unique(first // 64)) > 10
    assert first.max() - first.min() > 64 * 50


def test_all_positives_and_a_share_of_the_negatives() -> None:
    clicked = (np.arange(20_000) % 10 == 0).astype(np.float32)
    seen = np.concatenate(list(epoch_batches(clicked, 512, 0.25, np.random.default_rng(0), 128, 16)))
    assert clicked[seen].sum() == clicked.sum()
    assert len(seen) - clicked.sum() == pytest.approx(18_000 * 0.25, rel=0.1)


def test_the_generator_decides_the_order() -> None:
    clicked = np.zeros(1000, np.float32)
    orders = [
        np.concatenate(list(epoch_batches(clicked, 30, 1.0, np.random.default_rng(seed), 16, 8))) for seed in (1, 1, 2)
    ]
    assert np.array_equal(orders[0], orders[1])
    assert not np.array_equal(orders[0], orders[2])
