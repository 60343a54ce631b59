from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import Feature, FeatureKind, FeatureSchema, Outcome, TableRejected
from adplat.features import Histories, UserVector, fold_history, item_hash
from adplat.features.histories import seconds_of
from tests.features.builders import LENGTH, every_kind, rows_of

EVENTS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(0, 6)), max_size=60)


def clicks_only() -> FeatureSchema:
    return FeatureSchema(
        "clicks",
        (Feature("clicked", FeatureKind.SEQUENCE, length=LENGTH, outcome="click"),),
        (Outcome("click", "click"),),
        time="ts",
        user="user",
        item="item",
    )


def table(events: list[tuple[int, int, int]]) -> pl.DataFrame:
    columns = {"user": pl.Int64, "ts": pl.Int64, "item": pl.Int64}
    return pl.DataFrame(events, schema=columns, orient="row").with_columns(click=pl.lit(1))


def nobody() -> UserVector:
    empty = np.zeros((1, LENGTH), dtype=np.int64)
    return UserVector(np.zeros(0, np.int64), np.zeros((0, 1), np.int64), np.zeros(0), empty, empty)


@given(EVENTS)
def test_histories_are_what_a_plain_loop_finds(events: list[tuple[int, int, int]]) -> None:
    histories = Histories.from_rows(clicks_only(), table(events))
    asked = [(user, moment) for user in (0, 1, 2, 9) for moment in (0, 7, 15, 31)]
    found = histories.before([user for user, _ in asked], np.array([moment for _, moment in asked]), 0)
    for row, (user, moment) in enumerate(asked):
        earlier = {(ts, item_hash(str(item))) for who, ts, item in events if who == user and ts < moment}
        newest = [item for _, item in sorted(earlier, reverse=True)][:LENGTH]
        assert found[row].tolist() == newest + [0] * (LENGTH - len(newest))


@given(EVENTS, st.randoms())
@settings(max_examples=50)
def test_folding_one_by_one_gives_the_same_in_any_order(events: list[tuple[int, int, int]], random: object) -> None:
    mine = [event for event in events if event[0] == 0]
    delivered = mine + mine[: len(mine) // 2]  # some arrive twice
    random.shuffle(delivered)
    folded = nobody()
    for _, ts, item in delivered:
        folded = fold_history(folded, 0, item_hash(str(item)), ts)
    hashes, times = Histories.from_rows(clicks_only(), table(events)).all_of([0], LENGTH)
    np.testing.assert_array_equal(folded.history, hashes[0])
    np.testing.assert_array_equal(folded.history_time_s, times[0])


def test_the_same_second_is_not_earlier() -> None:
    histories = Histories.from_rows(clicks_only(), table([(1, 10, 5)]))
    assert histories.before([1], np.array([10]), 0).sum() == 0
    assert histories.before([1], np.array([11]), 0)[0, 0] == item_hash("5")


def test_only_rows_with_the_outcome_count() -> None:
    rows = table([(1, 10, 5), (1, 11, 6)]).with_columns(click=pl.Series([0, 1]))
    found = Histories.from_rows(clicks_only(), rows).before([1], np.array([99]), 0)
    assert found[0].tolist() == [item_hash("6"), 0, 0, 0, 0]


def test_a_late_outcome_is_not_known_before_it_happens() -> None:
    rows = table([(1, 10, 5)]).with_columns(click_delay_s=pl.lit(100.0))
    schema = replace(clicks_only(), outcomes=(Outcome("click", "click", delay="click_delay_s"),))
    histories = Histories.from_rows(schema, rows)
    assert histories.before([1], np.array([50]), 0).sum() == 0
    assert histories.before([1], np.array([111]), 0)[0, 0] == item_hash("5")


def test_users_without_a_key_have_no_history() -> None:
    rows = pl.DataFrame({"user": ["", None, "u"], "ts": [1, 2, 3], "item": ["a", "b", "c"], "click": [1, 1, 1]})
    histories = Histories.from_rows(clicks_only(), rows)
    assert histories.users.to_list() == ["u"]
    assert histories.before(["", None, "u"], np.array([9, 9, 9]), 0)[:, 0].tolist() == [0, 0, item_hash("c")]


def test_saved_histories_come_back_equal(tmp_path: Path) -> None:
    rows = rows_of()
    histories = Histories.from_rows(every_kind(), rows)
    histories.save(tmp_path / "history.parquet")
    again = Histories.load(tmp_path / "history.parquet", every_kind())
    for sequence in range(2):
        before = [h.before(rows["user"], rows["ts"].to_numpy(), sequence) for h in (histories, again)]
        assert before[0].any()
        np.testing.assert_array_equal(*before)


def test_empty_histories_can_be_saved(tmp_path: Path) -> None:
    Histories.from_rows(clicks_only(), table([])).save(tmp_path / "history.parquet")
    again = Histories.load(tmp_path / "history.parquet", clicks_only())
    assert again.before([1], np.array([5]), 0).tolist() == [[0] * LENGTH]


def test_times_may_be_numbers_datetimes_or_text() -> None:
    moment = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    seconds = int(moment.timestamp())
    for column in (
        pl.Series("ts", [seconds]),
        pl.Series("ts", [seconds + 0.9]),
        pl.Series("ts", [moment]),
        pl.Series("ts", [moment.replace(tzinfo=None)]),
        pl.Series("ts", ["2024-01-02T03:04:05"]),
    ):
        assert seconds_of(column).to_list() == [seconds]
    with pytest.raises(TableRejected, match="no time"):
        seconds_of(pl.Series("ts", ["yesterday"]))


def test_folding_leaves_the_given_vector_alone() -> None:
    before = replace(nobody())
    fold_history(before, 0, 5, 10)
    assert not before.history.any()
