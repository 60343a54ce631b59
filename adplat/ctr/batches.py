"""Which rows make the batches of one epoch: every positive, a share of the negatives, in a fresh order.

Rows are shuffled inside windows of blocks drawn by lot, so a table that lies on disk is read block by block and
the memory for the order does not grow with it; a table no longer than a window gets one plain permutation.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]

BLOCK_ROWS = 4096
WINDOW_BLOCKS = 128


def epoch_batches(
    clicked: npt.NDArray[np.float32],
    batch: int,
    negatives: float,
    rng: np.random.Generator,
    block_rows: int = BLOCK_ROWS,
    window_blocks: int = WINDOW_BLOCKS,
) -> Iterator[Int64]:
    """Yield row numbers, ``batch`` at a time; the last batch may be shorter.

    Args:
        clicked: (N,) the click label of each row.
        batch: rows a batch.
        negatives: the share of rows without a click that this epoch sees.
        rng: decides which, and the order.
        block_rows: neighbouring rows that travel together.
        window_blocks: blocks that are mixed with each other.
    """
    left = np.zeros(0, np.int64)
    for window in _windows(len(clicked), block_rows, window_blocks, rng):
        kept = window
        if negatives < 1.0:
            kept = window[(clicked[window] > 0.5) | (rng.random(len(window)) < negatives)]
        rows = np.concatenate([left, rng.permutation(kept)])
        whole = len(rows) - len(rows) % batch
        for start in range(0, whole, batch):
            yield rows[start : start + batch]
        left = rows[whole:]
    # One lonely row cannot be batch-normalised; it comes again in the next epoch's shuffle.
    if len(left) > 1 or (len(left) == 1 and len(clicked) == 1):
        yield left


def _windows(rows: int, block_rows: int, window_blocks: int, rng: np.random.Generator) -> Iterator[Int64]:
    if rows <= block_rows * window_blocks:
        yield np.arange(rows)
        return
    blocks = rng.permutation(-(-rows // block_rows))
    within = np.arange(block_rows)
    for first in range(0, len(blocks), window_blocks):
        chosen = np.sort(blocks[first : first + window_blocks])
        window = (chosen[:, None] * block_rows + within).reshape(-1)
        yield window[window < rows]
