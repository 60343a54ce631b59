"""What arrives after the log was read is not there; nobody but the oracle can find it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from adplat.ctr.as_seen import MATURE, as_seen, log_moment
from adplat.ctr.delay_config import DelayConfig
from adplat.data import Tables
from adplat.domain import ConfigRejected, FeatureSchema, MissingInput, Outcome, TableRejected
from tests.ctr.builders import shop_schema

AS_OF = "1970-01-01T00:01:40+00:00"  # second 100


def late_schema() -> FeatureSchema:
    return replace(shop_schema(), outcomes=(Outcome("click", "click"), Outcome("conversion", "paid", delay="paid_s")))


def tables(**columns: Any) -> Tables:
    plain = {"ts": [10, 50, 90, 120], "click": [1] * 4, "paid": [1, 1, 0, 1], "paid_s": [20.0, 60.0, None, 1.0]}
    return Tables(pl.DataFrame(plain | columns), None, {}, Path())


def test_later_arrivals_and_later_rows_are_hidden() -> None:
    seen = as_seen(late_schema(), DelayConfig(as_of=AS_OF), tables()).rows
    assert seen["ts"].to_list() == [10, 50, 90]
    assert seen["paid"].to_list() == [1, None, 0]
    assert seen["paid_s"].to_list() == [20.0, None, None]
    assert not any(name.startswith(MATURE) for name in seen.columns)


def test_only_the_oracle_keeps_what_will_be_known() -> None:
    seen = as_seen(late_schema(), DelayConfig(method="oracle", as_of=AS_OF), tables()).rows
    assert seen["paid"].to_list() == [1, None, 0]
    assert seen[MATURE + "paid"].to_list() == [1, 1, 0]


def test_by_default_the_log_was_read_when_the_last_thing_happened() -> None:
    assert log_moment(late_schema(), DelayConfig(), [tables().rows]) == 121.0
    late = tables(paid_s=[20.0, 600.0, None, 1.0]).rows
    assert log_moment(late_schema(), DelayConfig(), [late]) == 650.0


def test_a_schema_without_delays_leaves_rows_alone() -> None:
    given = tables()
    assert as_seen(shop_schema(), DelayConfig(), given) is given
    with pytest.raises(ConfigRejected, match="needs a delay column"):
        as_seen(shop_schema(), DelayConfig(method="survival"), given)


@pytest.mark.parametrize(
    ("delays", "message"),
    [
        ([20.0, -5.0, None, 1.0], "'paid_s' is negative in row 2"),
        ([20.0, None, None, 1.0], "'paid_s' is empty beside 'paid' in row 2"),
        ([20.0, float("inf"), None, 1.0], "'paid_s' is infinite in row 2"),
        (["a", "b", "c", "d"], "'paid_s' holds type String instead of numbers"),
    ],
)
def test_delays_that_cannot_be_are_refused(delays: list[Any], message: str) -> None:
    with pytest.raises(TableRejected, match=message):
        as_seen(late_schema(), DelayConfig(), tables(paid_s=delays))


def test_a_missing_delay_column_is_named() -> None:
    given = tables()
    with pytest.raises(MissingInput, match="no column 'paid_s'"):
        as_seen(late_schema(), DelayConfig(), replace(given, rows=given.rows.drop("paid_s")))


def test_a_moment_before_the_log_and_no_moment_at_all_are_refused() -> None:
    with pytest.raises(TableRejected, match="no training row is older"):
        as_seen(late_schema(), DelayConfig(as_of="1969-01-01"), tables())
    with pytest.raises(ConfigRejected, match="as_of 'soon' is no time"):
        DelayConfig(as_of="soon")
