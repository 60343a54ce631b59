"""Fields of bits: sizes, the end of the string, and the Fibonacci code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.privacy.bit_fields import BitReader

from .consent_strings import characters, fibonacci, number


@given(st.lists(st.integers(1, 70).flatmap(lambda bits: st.tuples(st.integers(0, 2**bits - 1), st.just(bits)))))
def test_numbers_of_any_width_come_back_in_order(fields: list[tuple[int, int]]) -> None:
    bits = BitReader(characters("".join(number(value, width) for value, width in fields)))

    assert [bits.integer(width) for _, width in fields] == [value for value, _ in fields]


@given(st.lists(st.integers(1, 10**9)))
def test_fibonacci_numbers_come_back_in_order(values: list[int]) -> None:
    bits = BitReader(characters("".join(fibonacci(value) for value in values)))

    assert [bits.fibonacci() for _ in values] == values


# The table "About Fibonacci Encoding" of the GPP specification.
@pytest.mark.parametrize(
    ("value", "code"),
    [(1, "11"), (2, "011"), (3, "0011"), (4, "1011"), (5, "00011"), (6, "10011"), (7, "01011")],
)
def test_the_codes_are_those_of_the_specification(value: int, code: str) -> None:
    assert BitReader(characters(code)).fibonacci() == value


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 5, 9])
def test_a_string_has_six_bits_a_character_and_no_more(length: int) -> None:
    bits = BitReader("_" * length)

    assert bits.integer(6 * length) == 2 ** (6 * length) - 1
    with pytest.raises(ValueError, match="ends"):
        bits.integer(1)


def test_a_fibonacci_number_without_its_end_is_refused() -> None:
    with pytest.raises(ValueError, match="ends"):
        BitReader(characters("010101")).fibonacci()


@pytest.mark.parametrize("text", ["A!AA", "AB CD", "é", "AB=CD", "AAAA\n"])
def test_what_is_not_in_the_alphabet_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # in base64's own words
        BitReader(text)


def test_padding_may_be_written_out() -> None:
    assert BitReader("AQ==").integer(12) == 16
