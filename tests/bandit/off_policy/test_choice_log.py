"""A log is checked before anything is computed from it, and the first bad row is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from adplat.bandit.off_policy import Offered, refuse_unusable
from adplat.domain import TableRejected
from tests.bandit.off_policy.builders import some_log, with_row


def test_a_good_log_passes() -> None:
    refuse_unusable(some_log())


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("propensities", 0.0, r"row r7 has a propensity outside \(0, 1\]"),
        ("propensities", 1.01, r"row r7 has a propensity outside \(0, 1\]"),
        ("propensities", float("nan"), "row r7 has no propensity"),
        ("rewards", 2.0, r"row r7 has a reward outside \[0, 1\]"),
        ("rewards", float("nan"), r"row r7 has a reward outside \[0, 1\]"),
    ],
)
def test_bad_values_are_named(column: str, value: float, message: str) -> None:
    with pytest.raises(TableRejected, match=message):
        refuse_unusable(with_row(some_log(), column, 7, value))


def test_more_bad_rows_are_counted() -> None:
    log = with_row(with_row(some_log(), "propensities", 7, 0.0), "propensities", 9, 0.0)
    with pytest.raises(TableRejected, match=r"row r7 .*\(1 more rows like it\)"):
        refuse_unusable(log)


def test_a_row_twice_is_refused() -> None:
    log = some_log(5)
    with pytest.raises(TableRejected, match="row r1 stands in the log twice"):
        refuse_unusable(replace(log, row_names=("r0", "r1", "r2", "r1", "r4")))


def test_one_row_is_no_log() -> None:
    with pytest.raises(TableRejected, match="has 1 rows"):
        refuse_unusable(some_log(1))


def test_what_was_chosen_must_have_stood_for_choice() -> None:
    log = some_log(50)
    sets = (np.delete(np.arange(4), log.chosen[3]), np.arange(4))
    set_of = np.ones(50, dtype=np.int64)
    set_of[3] = 0
    with pytest.raises(TableRejected, match="row r3 chose an action that is not among its candidates"):
        refuse_unusable(replace(log, offered=Offered(sets, set_of)))


def test_two_words_on_one_propensity_are_refused() -> None:
    log = some_log(50)
    told = np.full(200, 0.25)
    with pytest.raises(TableRejected, match="two different propensities"):
        refuse_unusable(replace(log, offered=Offered((np.arange(4),), np.zeros(50, dtype=np.int64), None, told)))
