from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from adplat.ctr import KeptBundle, Scorer, TrainingOutcome, read_manifest
from adplat.ctr.config import ModelConfig
from adplat.ctr.examples import assemble, take_rows
from adplat.ctr.export import ScoringModule
from adplat.ctr.fit import as_tensors
from adplat.ctr.head_calibration import HeadCalibration
from adplat.ctr.network import Committee, Network
from adplat.data import as_config
from adplat.domain import SchemaMismatch
from tests.ctr.builders import shop_rows, shop_tables


@pytest.fixture(scope="module")
def kept(trained: TrainingOutcome) -> KeptBundle:
    return KeptBundle.open(Path(trained.bundle.path))


def test_served_scores_are_those_of_the_trained_weights(kept: KeptBundle, trained: TrainingOutcome) -> None:
    folder = Path(trained.bundle.path)
    manifest = read_manifest(folder)
    network = Network(manifest.shape, as_config(manifest.config["model"], ModelConfig, where="bundle"))
    import json

    maps = {n: HeadCalibration.from_json(m) for n, m in json.loads((folder / "calibration.json").read_text()).items()}
    module = ScoringModule(Committee([network]), maps).eval()
    module.network.load_state_dict(load_file(folder / "weights.safetensors"))
    rows = kept.scorer.encoding.row_arrays(shop_rows(200, seed=5, day=1), shop_tables(), kept.items, kept.histories)
    record = kept.scorer.record.features(kept.items.hashes, kept.scorer.prior.centres(kept.items))[rows.item]
    with torch.inference_mode():
        wanted = module(as_tensors(assemble(kept.items, rows, record))).numpy()
    scores = kept.scorer.score(rows, kept.items)
    assert np.abs(scores.p_ctr - wanted[:, 0]).max() <= 1e-5
    assert scores.p_cvr is not None
    assert np.abs(scores.p_cvr - wanted[:, 1]).max() <= 1e-5
    assert ((scores.p_ctr > 0) & (scores.p_ctr < 1)).all()


def test_a_row_scores_alike_alone_and_among_others(kept: KeptBundle) -> None:
    rows = kept.scorer.encoding.row_arrays(shop_rows(300, seed=6, day=1), shop_tables(), kept.items, kept.histories)
    together = kept.scorer.score(rows, kept.items).p_ctr
    alone = [kept.scorer.score(take_rows(rows, np.array([n])), kept.items).p_ctr[0] for n in range(0, 300, 30)]
    assert together[::30] == pytest.approx(alone, abs=1e-6)


def test_a_request_scores_like_the_same_rows_of_a_table(kept: KeptBundle) -> None:
    encoding = kept.scorer.encoding
    user = encoding.user_vector({"user": 3, "taste": "loud"})
    candidates = np.arange(1, 9, dtype=np.int32)
    served = kept.scorer.score(encoding.candidate_rows(user, {"hour": 7}, kept.items, candidates), kept.items)
    rows = (
        shop_rows(8)
        .with_columns(user=3, hour=7, ts=0)
        .with_columns(item=np.array([int(kept.items.ids[n - 1]) for n in candidates]))
    )
    table = kept.scorer.score(encoding.row_arrays(rows, shop_tables(), kept.items, kept.histories), kept.items)
    assert served.p_ctr == pytest.approx(table.p_ctr, abs=1e-6)


def test_a_user_computed_once_scores_like_everything_anew_for_each_candidate(kept: KeptBundle) -> None:
    rows = kept.scorer.encoding.row_arrays(shop_rows(40, seed=8, day=1), shop_tables(), kept.items, kept.histories)
    longest = int((rows.history > 0).sum((1, 2)).argmax())
    one = take_rows(rows, np.full(20, longest))
    candidates = replace(one, item=np.arange(1, 21, dtype=np.int32))
    assert candidates.history.any()
    once, tiled = kept.scorer.score(candidates, kept.items), kept.scorer.score_tiled(candidates, kept.items)
    assert np.abs(once.p_ctr - tiled.p_ctr).max() <= 1e-6
    assert once.p_cvr is not None
    assert tiled.p_cvr is not None
    assert np.abs(once.p_cvr - tiled.p_cvr).max() <= 1e-6


def test_another_catalogue_swaps_the_whole_item_side(kept: KeptBundle) -> None:
    rows = kept.scorer.encoding.row_arrays(shop_rows(40, seed=8, day=1), shop_tables(), kept.items, kept.histories)
    before = kept.scorer.prepare_items(kept.items)
    cheaper = replace(kept.items, numeric=kept.items.numeric - 1.0)
    after = kept.scorer.prepare_items(cheaper)
    assert not np.allclose(kept.scorer.score(rows, after).p_ctr, kept.scorer.score(rows, before).p_ctr)
    assert kept.scorer.prepare_items(kept.items) is before


def test_no_rows_give_no_scores(kept: KeptBundle) -> None:
    rows = kept.scorer.encoding.row_arrays(shop_rows(1).clear(), shop_tables(), kept.items, kept.histories)
    scores = kept.scorer.score(rows, kept.items)
    assert scores.p_ctr.shape == (0,)
    assert scores.p_cvr is not None


def test_arrays_of_another_schema_are_refused(kept: KeptBundle) -> None:
    rows = kept.scorer.encoding.row_arrays(shop_rows(5), shop_tables(), kept.items, kept.histories)
    wider = replace(rows, categorical=np.zeros((5, 9), np.int32))
    with pytest.raises(SchemaMismatch):
        kept.scorer.score(wider, kept.items)


def test_thirty_two_candidates_take_few_milliseconds(kept: KeptBundle) -> None:
    encoding = kept.scorer.encoding
    rows = encoding.candidate_rows(None, {"hour": 7}, kept.items, (1 + np.arange(32) % 20).astype(np.int32))
    seconds = []
    for _ in range(60):
        begin = time.perf_counter()
        kept.scorer.score(rows, kept.items)
        seconds.append(time.perf_counter() - begin)
    assert min(seconds) < 0.005


def test_serving_never_imports_torch(trained: TrainingOutcome) -> None:
    code = (
        "import sys; from pathlib import Path; from adplat.ctr import Scorer; "
        f"Scorer.load(Path({trained.bundle.path!r})); print('torch' in sys.modules)"
    )
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert seen.stdout.strip() == "False"


def test_another_past_of_the_items_changes_scores_but_not_the_scorer(kept: KeptBundle) -> None:
    rows = kept.scorer.encoding.row_arrays(shop_rows(50), shop_tables(), kept.items, kept.histories)
    before = kept.scorer.score(rows, kept.items).p_ctr
    flipped = replace(kept.scorer.record, positives=kept.scorer.record.impressions - kept.scorer.record.positives)
    assert not np.allclose(kept.scorer.with_record(flipped).score(rows, kept.items).p_ctr, before)
    assert np.array_equal(kept.scorer.score(rows, kept.items).p_ctr, before)
    assert isinstance(kept.scorer, Scorer)
