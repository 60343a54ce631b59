"""The content prior: finds what content says, ignores noise, never reads an item's own outcome."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adplat.ctr.content_prior import NO_PRIOR, ContentPrior, fit_content_prior
from adplat.features import ItemBlock

ITEMS, IMPRESSIONS = 300, 400


def block(image: np.ndarray, text: np.ndarray) -> ItemBlock:
    rows = len(image)
    return ItemBlock(
        ids=tuple(f"i{number}" for number in range(1, rows)),
        hashes=np.arange(rows, dtype=np.int64) * 7919,
        categorical=np.zeros((rows, 0), np.int32),
        bags=np.zeros((rows, 0, 1), np.int32),
        numeric=np.zeros((rows, 0), np.float32),
        image=image.astype(np.float32),
        image_present=np.ones(rows, np.float32),
        text=text.astype(np.float32),
        text_present=np.ones(rows, np.float32),
    )


def world(explained: float, seed: int = 0) -> tuple[ItemBlock, np.ndarray, np.ndarray, np.ndarray]:
    """Items whose log-odds come from their image by ``explained``, impressions of half of them, and the truth."""
    rng = np.random.default_rng(seed)
    image, text = rng.normal(size=(2, ITEMS + 1, 8))
    image[0] = text[0] = 0.0
    truth = explained * (image @ np.array([1, -1, 0.5, 0, 0, 0, 0, 0])) / 1.5 + 0.2 * rng.normal(size=ITEMS + 1)
    shown = np.repeat(np.arange(1, ITEMS // 2 + 1), IMPRESSIONS).astype(np.int32)
    chance = 1.0 / (1.0 + np.exp(3.0 - truth[shown]))
    return block(image, text), shown, (rng.random(len(shown)) < chance).astype(np.float32), truth


def fit(explained: float) -> tuple[ContentPrior, ItemBlock, np.ndarray]:
    items, shown, clicked, truth = world(explained)
    return fit_content_prior(items, shown, clicked, np.random.default_rng(1)), items, truth


def test_items_never_shown_are_told_apart_by_what_matters() -> None:
    prior, items, truth = fit(0.8)
    new = slice(ITEMS // 2 + 1, None)
    assert np.corrcoef(prior.centres(items)[new], truth[new])[0, 1] > 0.8
    assert prior.centres(items)[0] == 0.0


def test_content_that_says_nothing_gets_next_to_no_weight() -> None:
    prior, items, _ = fit(0.0)
    assert prior.centres(items)[ITEMS // 2 + 1 :].std() < 0.08


def test_a_shown_item_is_judged_by_the_others() -> None:
    items, shown, clicked, _ = world(0.8)
    before = fit_content_prior(items, shown, clicked, np.random.default_rng(1)).centres(items)
    flipped = clicked.copy()
    mine = np.flatnonzero(shown == 5)
    flipped[mine] = 1.0 - flipped[mine]
    # An item that flips from 5 % to 95 % moves rate and scales, and so every lift a little, but not its own most.
    moved = np.abs(fit_content_prior(items, shown, flipped, np.random.default_rng(1)).centres(items) - before)
    assert moved[5] < np.quantile(moved, 0.95)


def test_without_content_or_items_there_is_no_prior() -> None:
    items, shown, clicked, _ = world(0.8)
    bare = replace(items, image=items.image[:, :0], text=items.text[:, :0])
    assert fit_content_prior(bare, shown, clicked, np.random.default_rng(1)) is NO_PRIOR
    assert not NO_PRIOR.centres(items).any()
    few = shown <= 20
    assert fit_content_prior(items, shown[few], clicked[few], np.random.default_rng(1)) is NO_PRIOR


@pytest.mark.parametrize("explained", [0.8, None])
def test_a_prior_comes_back_from_its_file(explained: float | None, tmp_path: Path) -> None:
    items = world(0.8)[0]
    prior = NO_PRIOR if explained is None else fit(explained)[0]
    prior.save(tmp_path / "prior.safetensors")
    assert np.array_equal(ContentPrior.load(tmp_path / "prior.safetensors").centres(items), prior.centres(items))
