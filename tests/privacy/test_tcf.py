"""TCF v2 strings: published ones, and every field there and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.privacy import RestrictionKind, TcfConsent, VendorSet, read_tcf

from .consent_strings import NOON, US, Tcf, characters, number, ranges

vendor_ids = st.frozensets(st.integers(1, 900), max_size=12)
purposes = st.frozensets(st.integers(1, 24))
pairs = st.lists(
    st.tuples(st.integers(1, 900), st.integers(0, 50)).map(lambda one: (one[0], one[0] + one[1])), max_size=4
)


def read(text: Tcf | str) -> TcfConsent:
    consent = read_tcf(str(text))
    assert consent is not None
    return consent


def members(vendors: VendorSet, upto: int = 1000) -> set[int]:
    return {one for one in range(upto) if one in vendors}


def test_the_specification_s_service_specific_example_is_read() -> None:
    text = "CLcVDxRMWfGmWAVAHCENAXCkAKDAADnAABRgA5mdfCKZuYJez-NQm0TBMYA4oCAAGQYIAAAAAAEAIAEgAA.argAC0gAAAAAAAAAAAA"

    consent = read(text)

    assert (consent.cmp_id, consent.cmp_version, consent.consent_screen) == (21, 7, 2)
    assert (consent.language, consent.vendor_list_version, consent.policy_version) == ("en", 23, 2)
    assert consent.is_service_specific
    assert not consent.uses_own_stacks
    assert consent.created == datetime(2008, 12, 7, 10, 4, 17, 700_000, tzinfo=UTC)
    assert consent.last_updated == datetime(2012, 1, 10, 17, 10, 13, 400_000, tzinfo=UTC)
    assert consent.consented_purposes == {1, 3, 9, 10}
    assert consent.legitimate_purposes == {3, 4, 5, 8, 9, 10}
    assert consent.special_features == {2}
    assert (len(members(consent.consented_vendors)), len(members(consent.legitimate_vendors))) == (56, 12)


def test_the_string_in_the_gpp_specification_is_read() -> None:
    consent = read("CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA")

    assert (consent.cmp_id, consent.cmp_version, consent.language, consent.vendor_list_version) == (31, 640, "en", 126)
    assert consent.created == datetime(2022, 4, 20, 22, tzinfo=UTC)
    assert consent.is_service_specific
    assert consent.consented_purposes == consent.legitimate_purposes == frozenset()
    assert members(consent.consented_vendors) == members(consent.legitimate_vendors) == set()


@given(
    purposes,
    purposes,
    vendor_ids,
    vendor_ids,
    st.frozensets(st.integers(1, 12)),
    st.booleans(),
    st.lists(st.tuples(st.integers(1, 24), st.integers(0, 3), pairs), max_size=3),
)
def test_every_choice_of_the_user_and_the_publisher_comes_back(
    given_purposes: frozenset[int],
    legitimate: frozenset[int],
    vendors: frozenset[int],
    legitimate_vendors: frozenset[int],
    features: frozenset[int],
    as_ranges: bool,
    restrictions: list[tuple[int, int, list[tuple[int, int]]]],
) -> None:
    consent = read(
        Tcf(
            purposes=given_purposes,
            legitimate_purposes=legitimate,
            vendors=vendors,
            legitimate_vendors=legitimate_vendors,
            special_features=features,
            as_ranges=as_ranges,
            restrictions=restrictions,
        )
    )

    assert consent.consented_purposes == given_purposes
    assert consent.legitimate_purposes == legitimate
    assert consent.special_features == features
    assert members(consent.consented_vendors) == vendors
    assert members(consent.legitimate_vendors) == legitimate_vendors
    assert [(one.purpose, one.kind) for one in consent.restrictions] == [one[:2] for one in restrictions]
    for one, (_, _, who) in zip(consent.restrictions, restrictions, strict=True):
        assert members(one.vendors) == {vendor for first, last in who for vendor in range(first, last + 1)}


def test_what_is_told_of_the_string_itself_comes_back() -> None:
    consent = read(
        Tcf(
            created=NOON - timedelta(days=1),
            cmp_id=4095,
            cmp_version=0,
            consent_screen=63,
            language="zh",
            vendor_list_version=300,
            policy_version=5,
            uses_own_stacks=True,
            purpose_one_was_not_asked=True,
            publisher_country="fr",
        )
    )

    assert (consent.created, consent.last_updated) == (NOON - timedelta(days=1), NOON)
    assert (consent.cmp_id, consent.cmp_version, consent.consent_screen, consent.language) == (4095, 0, 63, "zh")
    assert (consent.vendor_list_version, consent.policy_version, consent.publisher_country) == (300, 5, "FR")
    assert consent.uses_own_stacks
    assert consent.purpose_one_was_not_asked


def test_further_segments_change_nothing() -> None:
    assert read(Tcf(segments=".IFukWSQgAIQwgI0QEByFAAAA.YAAAAAAAAAA")) == read(Tcf())


@given(st.integers(0, len(str(Tcf())) - 1))
def test_a_string_cut_anywhere_is_not_readable(length: int) -> None:
    assert read_tcf(str(Tcf())[:length]) is None


@given(st.text())
def test_any_text_is_read_or_refused_and_never_raises(text: str) -> None:
    assert read_tcf(text) is None or text.startswith("C")


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", max_size=120))
def test_any_bits_are_read_or_refused_and_never_raise(text: str) -> None:
    read_tcf("C" + text)


@pytest.mark.parametrize("version", [0, 1, 3, 63])
def test_another_version_is_not_readable(version: int) -> None:
    assert read_tcf(str(Tcf(version=version))) is None


def test_purpose_one_unasked_in_a_string_for_all_sites_is_invalid() -> None:
    assert read_tcf(str(Tcf(is_service_specific=False, purpose_one_was_not_asked=True))) is None
    assert read_tcf(str(Tcf(is_service_specific=False))) is not None


@pytest.mark.parametrize("pair", [(9, 5), (0, 0)])
def test_a_range_that_runs_backwards_or_from_nobody_is_not_readable(pair: tuple[int, int]) -> None:
    assert read_tcf(str(Tcf(restrictions=[(2, 0, [pair])]))) is None


def test_letters_beyond_z_are_not_readable() -> None:
    bits = Tcf().bits()
    language_at = 6 + 36 + 36 + 12 + 12 + 6
    assert read_tcf(characters(bits[:language_at] + number(26, 6) + bits[language_at + 6 :])) is None


def test_a_range_reaches_no_vendor_above_the_highest() -> None:
    beyond = number(20, 16) + "1" + ranges([(10, 65535)])
    bits = Tcf(vendors=()).bits()
    vendors_at = len(bits) - (12 + 17 + 17)
    consent = read(characters(bits[:vendors_at] + beyond + bits[vendors_at + 17 :]))

    assert members(consent.consented_vendors) == set(range(10, 21))


@pytest.mark.parametrize(
    ("kind", "by_consent", "by_legitimate_interest"),
    [
        (None, True, True),
        (RestrictionKind.NOT_ALLOWED, False, False),
        (RestrictionKind.REQUIRE_CONSENT, True, False),
        (RestrictionKind.REQUIRE_LEGITIMATE_INTEREST, False, True),
        (RestrictionKind.UNDEFINED, False, False),
    ],
)
def test_the_publisher_comes_before_the_user(
    kind: RestrictionKind | None, by_consent: bool, by_legitimate_interest: bool
) -> None:
    restrictions = [] if kind is None else [(2, kind, [(US - 1, US + 1)])]
    consent = read(
        Tcf(purposes={2}, legitimate_purposes={2}, legitimate_vendors={US}, restrictions=restrictions, vendors={US})
    )

    assert consent.allows(2, US) is by_consent
    assert consent.allows(2, US, by_legitimate_interest=True) is by_legitimate_interest


def test_a_restriction_of_another_purpose_or_vendor_is_none() -> None:
    consent = read(Tcf(restrictions=[(3, 0, [(US, US)]), (2, 0, [(US + 1, US + 9)])]))

    assert consent.allows(2, US)
    assert not consent.allows(3, US)


@pytest.mark.parametrize("basis", [True, False])
def test_both_the_purpose_and_the_vendor_are_needed(basis: bool) -> None:
    def allows(purposes: set[int], vendors: set[int]) -> bool:
        text = (
            Tcf(purposes=(), vendors=(), legitimate_purposes=purposes, legitimate_vendors=vendors)
            if basis
            else Tcf(purposes=purposes, vendors=vendors)
        )
        return read(text).allows(2, US, by_legitimate_interest=basis)

    assert allows({2}, {US})
    assert not allows({1}, {US})
    assert not allows({2}, {US + 1})
