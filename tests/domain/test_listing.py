"""Conditions are read as they are written, and nothing else is one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import AdplatError, Comparison, Condition, ConfigRejected, ListRequest, condition_from


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("status=live", Condition("status", Comparison.IS, ("live",))),
        ("status = live | paused", Condition("status", Comparison.IS, ("live", "paused"))),
        (r"name=tea\|ink", Condition("name", Comparison.IS, ("tea|ink",))),
        ("name~a|b=c", Condition("name", Comparison.CONTAINS, ("a|b=c",))),
        ("name!=", Condition("name", Comparison.IS_NOT, ("",))),
        ("created>=2026-01-01", Condition("created", Comparison.AT_LEAST, ("2026-01-01",))),
        ("a<1", Condition("a", Comparison.BELOW, ("1",))),
    ],
)
def test_a_condition_is_read(text: str, condition: Condition) -> None:
    assert condition_from(text) == condition


@pytest.mark.parametrize(
    "text", ["", "live", "=x", "Status=live", "a.b=1", "a b=1", "a=\x00", "a=\ud800", "a=" + "x" * 257]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ConfigRejected):
        condition_from(text)


@given(text=st.text())
def test_no_text_is_more_than_refused(text: str) -> None:
    try:
        condition_from(text)
    except AdplatError as error:
        assert "\n" not in str(error) or "\n" in text


def test_a_page_has_a_size_and_a_request_few_conditions() -> None:
    for limit in (0, -1, 501):
        with pytest.raises(ConfigRejected):
            ListRequest(limit=limit)
    with pytest.raises(ConfigRejected):
        ListRequest([condition_from("a=1")] * 13)
