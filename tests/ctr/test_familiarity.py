from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adplat.ctr import KeptBundle
from adplat.ctr.familiarity import Familiarity, familiarity_features
from adplat.domain import ConfigRejected
from tests.ctr.builders import quick_model, shop_rows, shop_schema, shop_tables, train_shop

USERS = np.array([1, 1, 1, 2, 0], np.int32)
ITEMS = np.array([77, 77, 88, 77, 77], np.int64)
CLICKED = np.array([1, 0, 1, 0, 1], np.float32)
TIMES = np.array([10, 20, 20, 5, 1], np.int64)


def test_a_pair_is_remembered_and_neighbouring_pairs_are_not_taken_for_it() -> None:
    met = Familiarity.of(USERS, ITEMS, CLICKED)
    told = met.features(np.array([1, 1, 2, 2, 3, 0], np.int32), np.array([77, 88, 77, 88, 77, 77], np.int64))
    assert told[:, 0].tolist() == [1, 1, 0, 0, 0, 0]
    assert told[0].tolist() == pytest.approx([1, np.log(2) / 3, np.log(2) / 3])
    assert told[2].tolist() == pytest.approx([0, 0, np.log(2) / 3])
    assert not told[3:].any()


def test_one_user_for_all_items_is_that_user_repeated() -> None:
    met = Familiarity.of(USERS, ITEMS, CLICKED)
    hashes = np.array([77, 88, 99], np.int64)
    for user in (0, 1, 2, 9):
        one, many = np.array([user], np.int32), np.full(3, user, np.int32)
        assert np.array_equal(met.features(one, hashes), met.features(many, hashes))


def test_it_survives_a_file(tmp_path: Path) -> None:
    met = Familiarity.of(USERS, ITEMS, CLICKED)
    met.save(tmp_path / "pairs.safetensors")
    again = Familiarity.load(tmp_path / "pairs.safetensors")
    assert np.array_equal(met.features(USERS, ITEMS), again.features(USERS, ITEMS))


@pytest.mark.parametrize("how", ["ordered", "others"])
def test_no_training_row_knows_its_own_outcome(how: str) -> None:
    plain = familiarity_features(how, USERS, ITEMS, TIMES, CLICKED)  # type: ignore[arg-type]
    for row in range(len(USERS)):
        flipped = CLICKED.copy()
        flipped[row] = 1 - flipped[row]
        told = familiarity_features(how, USERS, ITEMS, TIMES, flipped)  # type: ignore[arg-type]
        assert np.array_equal(told[row], plain[row])


def test_ordered_sees_the_earlier_rows_and_others_all_but_its_own() -> None:
    ordered = familiarity_features("ordered", USERS, ITEMS, TIMES, CLICKED)
    others = familiarity_features("others", USERS, ITEMS, TIMES, CLICKED)
    assert ordered[:, 0].tolist() == [0, 1, 0, 0, 0]
    assert others[:, 0].tolist() == [0, 1, 0, 0, 0]
    assert others[0, 2] > 0  # the later impression without a click
    assert ordered[0, 2] == 0
    assert not others[4].any()  # nobody in particular


def test_a_bundle_tells_the_network_who_met_what(shop: Path, tmp_path: Path) -> None:
    """The scored rows' own outcomes never enter; the training rows' do."""
    outcome = train_shop(shop, tmp_path, model=quick_model(record="ordered", familiarity="ordered"))
    kept = KeptBundle.open(Path(outcome.bundle.path))
    rows = shop_rows(200, seed=9, day=2)
    arrays = kept.scorer.encoding.row_arrays(rows, shop_tables(), kept.items, kept.histories)
    scores = kept.scorer.score(arrays, kept.items).p_ctr
    nobody = kept.scorer.with_record(kept.scorer.record, Familiarity.of(USERS[:0], ITEMS[:0], CLICKED[:0]))
    assert not np.allclose(nobody.score(arrays, kept.items).p_ctr, scores)
    one = replace(arrays, categorical=np.repeat(arrays.categorical[:1], 200, 0), history=arrays.history * 0)
    once, tiled = kept.scorer.score(one, kept.items).p_ctr, kept.scorer.score_tiled(one, kept.items).p_ctr
    assert np.abs(once - tiled).max() <= 1e-6


def test_a_schema_without_user_features_is_told_so(shop: Path, tmp_path: Path) -> None:
    schema = shop_schema()
    bare = replace(schema, features=tuple(f for f in schema.features if f.name != "user"))
    with pytest.raises(ConfigRejected, match="users and items"):
        train_shop(shop, tmp_path, schema=bare, model=quick_model(familiarity="others"))
