"""Contributions that add up to the served logit, field by field."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.special import logit

from adplat.ctr import KeptBundle, TrainingOutcome, explain_row
from adplat.ctr.config import TreesConfig
from adplat.domain import ConfigRejected
from tests.ctr.builders import quick_model, shop_rows, shop_schema, shop_tables, train_shop


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def parts_of(bundle: Path, shop: Path, seed: int, head: str = "click") -> tuple[dict[str, float], float, float, float]:
    kept = KeptBundle.open(bundle)
    row, tables = shop_rows(1, seed=seed, day=2), shop_tables()
    items = kept.items_for(row, tables, shop, shop / "cache", quiet)
    told = explain_row(kept, row, tables, items, head)
    scores = kept.score(row, tables, items)
    served = scores.p_ctr if head == "click" or scores.p_cvr is None else scores.p_cvr
    return {one.field: one.value for one in told.contributions}, told.start, told.logit, float(logit(served[0]))


@pytest.mark.parametrize("head", ["click", "conversion"])
def test_a_networks_contributions_add_up_to_the_served_logit(trained: TrainingOutcome, shop: Path, head: str) -> None:
    for seed in (3, 4):
        parts, start, told, served = parts_of(Path(trained.bundle.path), shop, seed, head)
        assert told == pytest.approx(served, abs=1e-9)
        assert start + sum(parts.values()) == pytest.approx(served, abs=1e-4)
        assert {"hour", "user", "item", "taste", "genre", "price", "title", "picture", "clicked"} <= set(parts)
        assert sum(value != 0.0 for value in parts.values()) > 6


def test_calibration_alone_stands_between_the_network_and_the_score(shop: Path, tmp_path: Path) -> None:
    model = quick_model(members=2, gate=True, dots=2, experts=2, cross_layers=2, record="ordered", batch_norm=True)
    bundle = train_shop(shop, tmp_path, model=model).bundle
    parts, start, _, served = parts_of(Path(bundle.path), shop, 5)
    assert start + sum(parts.values()) == pytest.approx(served, abs=1e-4)
    assert np.isfinite(parts["calibration"])


def test_trees_are_explained_exactly(shop: Path, tmp_path: Path) -> None:
    model = quick_model(kind="lightgbm", record="ordered")
    bundle = train_shop(shop, tmp_path, model=model, trees=TreesConfig(rounds=40, leaf_rows=20)).bundle
    parts, start, _, served = parts_of(Path(bundle.path), shop, 6)
    assert start + sum(parts.values()) == pytest.approx(served, abs=1e-4)
    assert "picture" in parts


def test_a_head_that_is_not_there_is_refused(shop: Path, tmp_path: Path) -> None:
    bundle = train_shop(shop, tmp_path, shop_schema(conversions=False)).bundle
    with pytest.raises(ConfigRejected, match="no head 'conversion'"):
        parts_of(Path(bundle.path), shop, 1, "conversion")
