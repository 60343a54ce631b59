from __future__ import annotations

import numpy as np

from adplat.ctr.corruption import corrupt
from adplat.ctr.examples import Inputs, assemble
from adplat.ctr.shape import NetworkShape
from tests.ctr.builders import plain_block, plain_rows, quick_model

ROWS, ITEMS = 400, 200
SHAPE = NetworkShape(
    item_categorical=(ITEMS + 1, 9),
    row_categorical=(50, 9),
    image=2,
    text=2,
    sequences=1,
    length=3,
    record=4,
    item_id_columns=(0,),
    row_user_columns=(0,),
)


def batch() -> Inputs:
    rows = ITEMS + 1
    own = np.stack([np.arange(rows), np.full(rows, 3)], axis=1).astype(np.int32)
    content = np.ones((rows, 2), np.float32)
    present = np.ones(rows, np.float32)
    block = plain_block(
        ITEMS, categorical=own, image=content, image_present=present, text=content.copy(), text_present=present.copy()
    )
    arrays = plain_rows(
        1 + np.arange(ROWS) % ITEMS,
        categorical=np.full((ROWS, 2), 7, np.int32),
        history=np.tile(np.array([[[1, 2, 3]]], np.int32), (ROWS, 1, 1))
        + (np.arange(ROWS) % 5)[:, None, None].astype(np.int32),
    )
    return assemble(block, arrays, np.ones((ROWS, 4), np.float32))


def test_without_gaps_a_batch_stays_as_it_was() -> None:
    plain, touched = batch(), batch()
    corrupt(touched, SHAPE, quick_model(modality_dropout=0.0), np.random.default_rng(0))
    assert all(np.array_equal(plain[name], touched[name]) for name in plain)


def test_a_new_item_loses_its_identifier_and_its_record_together_and_keeps_its_kind() -> None:
    inputs = batch()
    corrupt(inputs, SHAPE, quick_model(id_dropout=0.5, modality_dropout=0.0), np.random.default_rng(0))
    hidden = inputs["item_categorical"][inputs["row_item"], 0] == 0
    assert 0.3 < hidden.mean() < 0.7
    record = inputs["row_record"]
    assert np.array_equal(hidden, ~record[:, 1:3].any(1))
    assert np.array_equal(record[hidden, 0], record[hidden, 3])
    assert (inputs["item_categorical"][:, 1] == 3).all()


def test_each_modality_goes_missing_by_itself() -> None:
    inputs = batch()
    corrupt(inputs, SHAPE, quick_model(modality_dropout=0.5), np.random.default_rng(0))
    image, text = inputs["item_image_present"], inputs["item_text_present"]
    assert {(int(a), int(b)) for a, b in zip(image, text, strict=True)} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert np.array_equal(inputs["item_image"].any(1), image > 0)


def test_users_and_histories_are_forgotten_row_by_row() -> None:
    inputs = batch()
    rates = quick_model(user_dropout=0.5, history_dropout=0.5, modality_dropout=0.0)
    corrupt(inputs, SHAPE, rates, np.random.default_rng(0))
    users, pasts = inputs["row_categorical"][:, 0] == 0, ~inputs["history"].any((1, 2))
    assert 0.4 < users.mean() < 0.6
    assert 0.4 < pasts.mean() < 0.6
    assert (users != pasts).any()
    assert (inputs["row_categorical"][:, 1] == 7).all()
