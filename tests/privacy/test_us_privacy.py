"""The four characters of US privacy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.privacy import UsPrivacy, read_us_privacy


# The examples of the specification.
@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1YNN", UsPrivacy(True, False, False)),
        ("1NYY", UsPrivacy(False, True, True)),
        ("1---", UsPrivacy(None, None, None)),
        ("1-Y-", UsPrivacy(None, True, None)),
        ("1yny", UsPrivacy(True, False, True)),
    ],
)
def test_a_string_is_read(text: str, meaning: UsPrivacy) -> None:
    assert read_us_privacy(text) == meaning


@pytest.mark.parametrize("text", ["", "1", "1YN", "1YNNN", "2YNN", "YNN1", "1Y N", "1XNN", "1YNß"])
def test_what_is_no_such_string_is_not_readable(text: str) -> None:
    assert read_us_privacy(text) is None


@given(st.text(max_size=5))
def test_no_text_raises(text: str) -> None:
    read_us_privacy(text)
