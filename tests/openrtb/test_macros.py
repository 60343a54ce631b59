"""Macros as an exchange fills them in, and as we read them back."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import TableRejected
from adplat.openrtb import AUDIT, Filled, Macro, read_filled, substitute

_VALUES = {
    Macro.AUCTION_ID: "auction-7",
    Macro.AUCTION_BID_ID: "response-1",
    Macro.AUCTION_IMP_ID: "1",
    Macro.AUCTION_SEAT_ID: "agency",
    Macro.AUCTION_AD_ID: "ad-1",
    Macro.AUCTION_PRICE: "2.43",
    Macro.AUCTION_CURRENCY: "EUR",
    Macro.AUCTION_MBR: "0.9",
    Macro.AUCTION_LOSS: "102",
    Macro.AUCTION_MIN_TO_WIN: "2.11",
    Macro.AUCTION_MULTIPLIER: "1",
    Macro.AUCTION_IMP_TS: "1772452800000",
    Macro.AUCTION_DISCOUNT_PCT: "20",
    Macro.AUCTION_DISCOUNT_CPM: "0.61",
}


def test_the_book_has_fourteen() -> None:
    assert set(_VALUES) == set(Macro)
    assert len(Macro) == 14


@pytest.mark.parametrize("macro", list(Macro))
def test_each_is_written_filled_in_and_read_back(macro: Macro) -> None:
    assert macro.written() == "${" + macro.name + "}"
    assert read_filled(substitute(macro.written(), _VALUES)) == Filled(_VALUES[macro])


@pytest.mark.parametrize("macro", list(Macro))
def test_each_may_come_encoded(macro: Macro) -> None:
    assert macro.written("B64") == "${" + macro.name + ":B64}"
    sent = substitute(macro.written("B64"), _VALUES)
    assert sent != _VALUES[macro]
    assert read_filled(sent, "B64") == Filled(_VALUES[macro])


@pytest.mark.parametrize("macro", list(Macro))
@pytest.mark.parametrize("encoding", ["", "B64"])
def test_what_is_not_told_is_nothing_and_so_is_what_nobody_replaced(macro: Macro, encoding: str) -> None:
    assert substitute(macro.written(encoding), {}) == ""
    assert read_filled("", encoding) == Filled()
    assert read_filled(macro.written(encoding), encoding) == Filled()


@pytest.mark.parametrize("macro", list(Macro))
@pytest.mark.parametrize("encoding", ["", "B64"])
def test_an_audit_is_seen_whether_it_was_encoded_or_not(macro: Macro, encoding: str) -> None:
    assert read_filled(substitute(macro.written(encoding), {macro: AUDIT}), encoding) == Filled(is_audit=True)
    assert read_filled(base64.b64encode(b"AUDIT").decode(), "B64") == Filled(is_audit=True)


def test_macros_are_replaced_wherever_they_stand() -> None:
    text = '<img src="https://x.example/${AUCTION_ID}?p=${AUCTION_PRICE}&q=${AUCTION_PRICE:B64}">${OTHER}$ {AUCTION_ID}'
    assert substitute(text, _VALUES) == (
        '<img src="https://x.example/auction-7?p=2.43&q=Mi40Mw">${OTHER}$ {AUCTION_ID}'
    )


@settings(deadline=None)
@given(st.text(min_size=1).filter(lambda text: text != AUDIT))
def test_any_text_survives_base64(text: str) -> None:
    sent = substitute(Macro.AUCTION_ID.written("B64"), {Macro.AUCTION_ID: text})
    assert read_filled(sent, "B64") == Filled(text)


@pytest.mark.parametrize("sent", ["Mi40Mw", "Mi40Mw=="])
def test_padding_does_not_matter(sent: str) -> None:
    assert read_filled(sent, "B64") == Filled("2.43")


def test_both_alphabets_are_read_and_a_plus_that_became_a_space() -> None:
    value = "??>>~~"
    plain, for_addresses = base64.b64encode(value.encode()).decode(), base64.urlsafe_b64encode(value.encode()).decode()
    assert plain != for_addresses
    assert read_filled(plain, "B64") == read_filled(for_addresses, "B64") == Filled(value)
    assert read_filled(plain.replace("+", " "), "B64") == Filled(value)


@pytest.mark.parametrize("sent", ["2.43", "é", "A", "////", "Mi40Mw=x"])
def test_what_is_not_encoded_as_agreed_is_refused(sent: str) -> None:
    with pytest.raises(TableRejected, match="B64"):
        read_filled(sent, "B64")


def test_an_encoding_nobody_agreed_on_is_refused() -> None:
    with pytest.raises(TableRejected, match="not agreed"):
        substitute("${AUCTION_PRICE:AES}", _VALUES)
    with pytest.raises(TableRejected):
        read_filled("x", "AES")
