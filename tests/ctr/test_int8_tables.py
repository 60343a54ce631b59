from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from adplat.ctr import KeptBundle, TrainingOutcome
from adplat.ctr.config import ExportConfig
from adplat.ctr.int8_tables import Int8Table, table_bytes, with_int8_tables
from adplat.ctr.network import Committee, Network
from adplat.ctr.shape import NetworkShape
from tests.ctr.builders import quick_model, shop_rows, shop_tables, train_shop


def test_a_looked_up_vector_is_within_half_a_step_of_the_trained_one() -> None:
    weight = torch.randn(50, 16) * torch.logspace(-4, 2, 50)[:, None]
    index = torch.randint(0, 50, (7, 3), dtype=torch.int32)
    found, wanted = Int8Table(weight)(index), weight[index.long()]
    step = wanted.abs().amax(-1, keepdim=True) / 127
    assert found.shape == (7, 3, 16)
    assert ((found - wanted).abs() <= 0.5 * step * 1.001).all()


def test_an_untouched_row_of_zeros_stays_zero() -> None:
    assert not Int8Table(torch.zeros(3, 4))(torch.tensor([0, 2])).any()


def test_the_tables_take_less_than_a_third_and_the_trained_ones_are_kept() -> None:
    network = Network(NetworkShape(item_categorical=(5000,), row_categorical=(900,)), quick_model(embedding=32))
    committee = Committee([network]).eval()
    before = table_bytes(committee)
    assert table_bytes(with_int8_tables(committee)) < before / 3
    assert table_bytes(committee) == before


def test_a_bundle_of_int8_tables_scores_nearly_alike_and_says_what_it_costs(
    shop: Path, trained: TrainingOutcome, tmp_path: Path
) -> None:
    outcome = train_shop(shop, tmp_path, export=ExportConfig(tables="int8"))
    told = json.loads((Path(outcome.bundle.path) / "metrics.json").read_text())["int8_tables"]
    assert told["bytes_int8"] < told["bytes_float32"]
    assert abs(told["auc_change"]) < 0.005
    plain, small = KeptBundle.open(Path(trained.bundle.path)), KeptBundle.open(Path(outcome.bundle.path))
    scores = []
    for kept in (plain, small):
        rows = kept.scorer.encoding.row_arrays(shop_rows(200, seed=5, day=1), shop_tables(), kept.items, kept.histories)
        scores.append(kept.scorer.score(rows, kept.items).p_ctr)
    assert 0 < np.abs(scores[0] - scores[1]).max() < 0.02
