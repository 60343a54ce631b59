from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.ctr.item_record import ItemRecord, hide_records, record_features

ROWS = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 6), st.integers(0, 1)), min_size=2, max_size=40)


def features_of(how: str, rows: list[tuple[int, int, int]]) -> np.ndarray:
    item, time, outcome = (np.array(column) for column in zip(*rows, strict=True))
    return record_features(
        how,
        item.astype(np.int64),
        time.astype(np.int64),
        outcome.astype(np.float32),
        5.0,
        np.random.default_rng(0),
        np.zeros(len(item)),
    )


@given(ROWS)
@settings(deadline=None)
def test_an_ordered_record_counts_strictly_earlier_rows_of_the_item(rows: list[tuple[int, int, int]]) -> None:
    found = features_of("ordered", rows)
    for place, (item, time, _) in enumerate(rows):
        earlier = [outcome for other, when, outcome in rows if other == item and when < time]
        assert found[place, 1] == pytest.approx(np.log1p(len(earlier)) / 5.0)
        assert found[place, 2] == (len(earlier) > 0)
        if not earlier:
            assert found[place, 0] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("how", ["ordered", "folds"])
def test_a_row_never_reads_its_own_outcome(how: str) -> None:
    rng = np.random.default_rng(3)
    rows = [(int(a), int(b), int(c)) for a, b, c in zip(*rng.integers(0, [[4], [50], [2]], (3, 60)), strict=True)]
    # The overall rate is one number for all rows; swapping two outcomes of other items leaves it as it was.
    before = features_of(how, rows)
    zero = next(n for n, row in enumerate(rows) if row[0] == 0 and row[2] == 0)
    one = next(n for n, row in enumerate(rows) if row[0] == 1 and row[2] == 1)
    swapped = list(rows)
    swapped[zero], swapped[one] = (*rows[zero][:2], 1), (*rows[one][:2], 0)
    after = features_of(how, swapped)
    assert after[[zero, one]] == pytest.approx(before[[zero, one]], abs=0.03 if how == "folds" else 1e-6)
    assert not np.allclose(before, after)


def test_few_impressions_are_shrunk_to_the_overall_rate() -> None:
    hashes = np.r_[np.full(1, 7), np.full(1000, 8), np.full(1000, 9)].astype(np.int64)
    positive = np.r_[1.0, np.tile([1.0, 1.0, 1.0, 0.0], 250), np.zeros(1000)].astype(np.float32)
    record = ItemRecord.of(hashes, positive, shrinkage=10.0)
    once, often, never = record.features(np.array([7, 8, 12345], np.int64), np.zeros(3))
    assert 0.0 < once[0] < often[0]
    assert never == pytest.approx(0.0, abs=1e-6)


def test_a_record_comes_back_from_its_file(tmp_path: Path) -> None:
    record = ItemRecord.of(np.array([5, 5, -3], np.int64), np.array([1, 0, 1], np.float32), 4.0)
    record.save(tmp_path / "record.safetensors")
    known = np.array([-3, 5, 0, 1], np.int64)
    loaded = ItemRecord.load(tmp_path / "record.safetensors")
    centres = np.array([0.5, -0.5, 0.0, 1.0])
    assert np.array_equal(loaded.features(known, centres), record.features(known, centres))


def test_an_item_starts_from_its_content_and_moves_to_its_outcomes() -> None:
    hashes = np.r_[np.full(20, 7), np.full(5000, 8)].astype(np.int64)
    positive = np.r_[np.zeros(20), np.tile([1.0, 0.0], 2500)].astype(np.float32)
    record = ItemRecord.of(hashes, positive, shrinkage=50.0)
    asked = np.array([7, 8, 99], np.int64)
    plain, praised = record.features(asked, np.zeros(3)), record.features(asked, np.full(3, 0.8))
    gained = praised[:, 0] - plain[:, 0]
    assert gained[2] == pytest.approx(0.8, abs=1e-5)
    assert 0.2 < gained[0] < 0.8
    assert gained[1] < 0.02
    assert praised[:, 3] == pytest.approx(0.8)


def test_a_hidden_record_is_that_of_an_item_never_shown() -> None:
    record = ItemRecord.of(np.array([5, 5, 6], np.int64), np.array([1, 0, 0], np.float32), 4.0)
    centres = np.array([0.3, 0.3])
    shown, never = record.features(np.array([5, 77], np.int64), centres)
    hidden = shown[None].copy()
    hide_records(hidden, np.array([True]))
    assert hidden[0] == pytest.approx(never, abs=1e-6)
