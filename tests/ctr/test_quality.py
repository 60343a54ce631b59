from __future__ import annotations

import numpy as np
import pytest

from adplat import statistics
from adplat.ctr.quality import measure, report
from tests.ctr.builders import shop_rows, shop_schema, shop_tables


def test_what_cannot_be_told_is_none_and_never_nan() -> None:
    told = measure(np.zeros(5), np.full(5, 0.1))
    assert told["rows"] == 5
    assert told["positives"] == 0
    assert told["auc"] is None
    assert told["pcoc"] is None
    assert told["logloss"] == pytest.approx(-np.log(0.9))
    assert measure(np.zeros(0), np.zeros(0))["logloss"] is None


def test_a_slice_holds_the_figures_of_its_rows() -> None:
    rows = shop_rows(2000)
    labels = rows["click"].to_numpy().astype(float)
    chances = np.random.default_rng(0).uniform(0.01, 0.99, 2000)
    new = rows["item"].to_numpy() >= 15
    told = report(shop_schema(), rows, shop_tables(), labels, chances, new)
    calm = (rows["user"].to_numpy() % 2) == 0
    assert told["slices"]["taste=calm"]["auc"] == pytest.approx(statistics.auc(labels[calm], chances[calm]))
    assert told["slices"]["new items"]["rows"] == new.sum()
    assert told["slices"]["warm items"]["rows"] == (~new).sum()
    assert told["overall"]["gauc"] is not None
    only = report(shop_schema(), rows, shop_tables(), labels, chances, new, ["taste"])
    assert set(only["slices"]) == {"warm items", "new items", "taste=calm", "taste=loud"}
