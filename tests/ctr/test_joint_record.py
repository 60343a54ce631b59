from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat.ctr import KeptBundle, evaluate
from adplat.ctr.grades import Grades
from adplat.ctr.item_record import RECORD_WIDTH
from adplat.ctr.joint_record import (
    AFFINITY,
    EFFECT,
    FACT_TASTE,
    ITEM_CENTRE,
    ITEM_SEEN,
    JOINT_WIDTH,
    LEVEL,
    LOG_ODDS,
    TASTE,
    USER_SEEN,
    JointRecord,
    JointSettings,
    cross_fitted,
    fit_joint_record,
    hide_items,
    hide_users,
)
from adplat.ctr.user_facts import UserColumns
from adplat.features import ItemBlock, RowArrays
from adplat.statistics import auc
from tests.ctr.builders import plain_block, plain_rows, quick_model, shop_rows, shop_tables, shop_tables_of, train_shop

ITEMS, USERS = 60, 80
NOBODY = UserColumns((), (), ())
SETTINGS = JointSettings(identifiers=(0,), people=NOBODY, seed=3)


def market(rows: int, seed: int = 0) -> tuple[ItemBlock, RowArrays, np.ndarray, np.ndarray]:
    """Loud and calm items, users with a level and a taste of their own; the last items are never shown."""
    rng = np.random.default_rng(seed)
    loud = rng.integers(0, 2, ITEMS + 1)
    bags = np.zeros((ITEMS + 1, 1, 1), np.int32)
    bags[1:, 0, 0] = loud[1:] + 1
    block = plain_block(ITEMS, bags=bags)
    level, taste = rng.normal(0, 0.8, USERS), rng.normal(0, 0.8, USERS)
    item, user = rng.integers(1, ITEMS - 9, rows), rng.integers(0, USERS, rows)
    own = rng.normal(0, 0.3, ITEMS + 1) + 0.8 * loud
    logit = own[item] + level[user] + taste[user] * (loud[item] - 0.5) - 0.5
    positive = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.float32)
    return block, plain_rows(item, user=user.astype(np.int64) + 1), positive, loud


def test_a_joint_record_ranks_new_items_for_known_users_by_what_they_are() -> None:
    block, rows, positive, loud = market(6000)
    record = fit_joint_record(block, rows, Grades.of_clicks(positive), SETTINGS)
    new = np.arange(ITEMS - 9, ITEMS + 1)
    asked = plain_rows(np.tile(new, USERS), user=np.repeat(np.arange(USERS) + 1, len(new)).astype(np.int64))
    told = record.features(block, asked)
    assert not told[:, ITEM_SEEN].any() and told[:, USER_SEEN].all()
    by_kind = told[:, LOG_ODDS].sum(1)
    is_loud = loud[asked.item] == 1
    assert by_kind[is_loud].mean() - by_kind[~is_loud].mean() == pytest.approx(0.8, abs=0.35)
    # One user's liking for loud things is read from that user's rows alone.
    mine = {user: told[(asked.user == user), TASTE] for user in (1, 2, 3, 4)}
    assert len({float(np.round(values.max() - values.min(), 4)) for values in mine.values()}) == 4


def test_known_rows_are_ranked_better_than_by_items_alone() -> None:
    block, rows, positive, _ = market(6000)
    told = cross_fitted(block, rows, Grades.of_clicks(positive), SETTINGS)
    assert auc(positive.astype(float), told[:, LOG_ODDS].sum(1)) > auc(positive.astype(float), told[:, EFFECT]) + 0.05


def test_a_training_row_never_reads_its_own_outcome() -> None:
    block, rows, positive, _ = market(800)
    before = cross_fitted(block, rows, Grades.of_clicks(positive), SETTINGS)
    flipped = positive.copy()
    flipped[17] = 1 - flipped[17]
    after = cross_fitted(block, rows, Grades.of_clicks(flipped), SETTINGS)
    assert np.array_equal(before[17], after[17])
    assert not np.array_equal(before, after)


def test_an_item_of_generous_users_is_not_taken_for_a_better_one() -> None:
    rng = np.random.default_rng(1)
    generous, strict = np.arange(1, 31), np.arange(31, 61)
    # Items 1 and 2 are equally good; 1 is shown to generous users more often. Items 3..40 show who is generous.
    user = np.r_[rng.choice(generous, 900), rng.choice(strict, 100), rng.choice(generous, 100), rng.choice(strict, 900)]
    item = np.r_[np.full(1000, 1), np.full(1000, 2)]
    more_user, more_item = rng.integers(1, 61, 6000), rng.integers(3, 41, 6000)
    user, item = np.r_[user, more_user], np.r_[item, more_item]
    positive = (rng.random(len(user)) < np.where(user <= 30, 0.8, 0.3)).astype(np.float32)
    block = plain_block(40)
    rows = plain_rows(item, user=user.astype(np.int64))
    record = fit_joint_record(block, rows, Grades.of_clicks(positive), SETTINGS)
    effect = record.of_items(block).columns[:, EFFECT]
    counted = [positive[item == number].mean() for number in (1, 2)]
    assert counted[0] - counted[1] > 0.3
    assert abs(effect[1] - effect[2]) < 0.35


def test_hidden_items_and_users_look_like_new_ones() -> None:
    block, rows, positive, _ = market(2000)
    record = fit_joint_record(block, rows, Grades.of_clicks(positive), SETTINGS)
    told = record.features(block, rows)
    hidden = told.copy()
    hide_users(hidden, np.ones(len(hidden), bool))
    stranger = record.features(block, replace(rows, user=np.full(len(rows), 987654321, np.int64)))
    assert hidden == pytest.approx(stranger, abs=1e-6)
    hide_items(hidden, np.ones(len(hidden), bool))
    assert not hidden[:, [ITEM_SEEN, AFFINITY, LEVEL]].any()
    assert np.array_equal(hidden[:, EFFECT], hidden[:, ITEM_CENTRE])
    plain = np.ones((3, RECORD_WIDTH), np.float32)
    hide_users(plain, np.ones(3, bool))
    assert (plain == 1).all()


def test_what_users_are_tells_taste_before_they_did_anything() -> None:
    block, rows, _, loud = market(4000)
    likes_loud = (rows.user % 2).astype(np.int32)
    rng = np.random.default_rng(2)
    wanted = np.where(loud[rows.item] == likes_loud, 0.7, 0.2)
    positive = (rng.random(len(rows)) < wanted).astype(np.float32)
    rows = replace(rows, categorical=likes_loud[:, None] + 1)
    settings = replace(SETTINGS, people=UserColumns((0,), (), ()))
    record = fit_joint_record(block, rows, Grades.of_clicks(positive), settings)
    item = np.array([int(np.flatnonzero(loud[1:] == 1)[0]) + 1] * 2)
    strangers = plain_rows(item, user=np.array([5001, 5002]), categorical=np.array([[1], [2]], np.int32))
    calm_one, loud_one = record.features(block, strangers)
    assert loud_one[FACT_TASTE] > calm_one[FACT_TASTE] + 0.3
    assert strangers.user[0] not in record.users and calm_one[LEVEL] == 0.0


def test_a_joint_record_comes_back_from_its_file(tmp_path: Path) -> None:
    block, rows, positive, _ = market(500)
    record = fit_joint_record(block, rows, Grades.of_clicks(positive), SETTINGS)
    record.save(tmp_path / "joint.safetensors")
    assert np.array_equal(
        JointRecord.load(tmp_path / "joint.safetensors").features(block, rows), record.features(block, rows)
    )


def test_a_bundle_with_a_joint_record_scores_strangers_and_ignores_outcomes(shop: Path, tmp_path: Path) -> None:
    model = quick_model(record="joint", user_dropout=0.2, id_dropout=0.2)
    outcome = train_shop(shop, tmp_path, model=model, baselines=("id_only",))
    kept = KeptBundle.open(Path(outcome.bundle.path))
    assert kept.scorer.joint is not None and kept.manifest.shape.record == JOINT_WIDTH
    rows = shop_rows(60, seed=9, items=25, users=40, day=3)
    items = kept.items
    told = kept.score(rows, shop_tables(), items).p_ctr
    blind = rows.with_columns(pl.lit(0).alias("click"), pl.lit(0).alias("paid")).drop("rating")
    assert np.array_equal(kept.score(blind, shop_tables(), items).p_ctr, told)
    assert np.array_equal(kept.score(rows.reverse(), shop_tables(), items).p_ctr[::-1], told)
    arrays = kept.scorer.encoding.row_arrays(rows, shop_tables(), items, kept.histories)
    assert kept.scorer.score_tiled(arrays, items).p_ctr == pytest.approx(told, abs=1e-6)
    assert evaluate(kept, shop_tables_of(shop), tmp_path / "cache", lambda *_: None)["judged"] == "held out"


def test_a_request_reads_the_record_of_its_user(shop: Path, tmp_path: Path) -> None:
    kept = KeptBundle.open(Path(train_shop(shop, tmp_path, model=quick_model(record="joint")).bundle.path))
    encoding, items = kept.scorer.encoding, kept.items
    candidates = np.arange(1, 6, dtype=np.int32)
    known, stranger = (
        encoding.candidate_rows(encoding.user_vector({"user": key}), {"hour": 3}, items, candidates) for key in (3, 777)
    )
    joint = kept.scorer.joint
    assert joint is not None
    assert joint.features(items, known)[:, USER_SEEN].all()
    assert not joint.features(items, stranger)[:, USER_SEEN].any()
    assert not np.allclose(kept.scorer.score(known, items).p_ctr, kept.scorer.score(stranger, items).p_ctr)
