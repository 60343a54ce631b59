from __future__ import annotations

import numpy as np
import pytest

from adplat import statistics
from adplat.ctr.baselines import flattened
from adplat.ctr.examples import Examples
from adplat.ctr.quality import measure, report
from tests.ctr.builders import plain_block, plain_rows, shop_rows, shop_schema, shop_tables


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


def test_trees_see_every_input_flattened() -> None:
    block = plain_block(
        3,
        bags=np.array([[[0, 0]], [[1, 2]], [[2, 0]], [[0, 0]]], np.int32),
        image=np.eye(4, 2, k=-1, dtype=np.float32),
        image_present=np.array([0, 1, 1, 0], np.float32),
    )
    history = np.array([[[1, 2, 0]], [[0, 0, 0]]], np.int32)
    examples = Examples(
        block, plain_rows([1, 2], history=history), np.array([[0.5], [0.7]], np.float32), np.zeros((2, 1), np.float32)
    )
    columns, categorical = flattened(examples)
    assert categorical == [0]
    # id, image x 2, record, bag flags x 2, history length, mean cosine, highest cosine
    assert columns[0].tolist() == pytest.approx([1, 1, 0, 0.5, 1, 1, 2, 0.5, 1.0])
    assert columns[1].tolist() == pytest.approx([2, 0, 1, 0.7, 0, 1, 0, 0.0, 0.0])
