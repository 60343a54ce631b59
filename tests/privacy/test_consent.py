"""Every signal, alone and together: what it takes away and the reason it leaves."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import ConfigRejected, PrivacySignals
from adplat.privacy import ConsentRules, Permissions, permitted

from .consent_strings import EVERY_PURPOSE, US, Tcf, UsSection, gpp

OURS = ConsentRules(vendor_id=US)
FULL = str(Tcf())

# Recognise, profile, read history, precise place.
EVERYTHING = (True, True, True, True)
NOTHING = (False, False, False, False)
PLACE_ONLY = (False, False, False, True)
NO_PLACE = (True, True, True, False)
A_STRANGER = (True, False, False, False)


def left(permissions: Permissions) -> tuple[bool, bool, bool, bool]:
    return (
        permissions.may_recognise,
        permissions.may_profile,
        permissions.may_read_history,
        permissions.may_use_precise_geo,
    )


def check(signals: PrivacySignals, expected: tuple[bool, ...], *reasons: str, rules: ConsentRules = OURS) -> None:
    found = permitted(signals, rules)
    assert (left(found), found.reasons) == (expected, reasons)


@pytest.mark.parametrize(
    ("told", "expected", "reasons"),
    [
        ({}, EVERYTHING, ()),
        ({"coppa": False, "gdpr": False, "do_not_track": False, "limit_ad_tracking": False}, EVERYTHING, ()),
        ({"coppa": True}, NOTHING, ("coppa",)),
        ({"coppa": True, "gdpr": True, "tcf_consent": FULL}, NOTHING, ("coppa",)),
        ({"do_not_track": True}, NOTHING, ("do_not_track",)),
        # The strings of a child are not even read.
        ({"coppa": True, "do_not_track": True, "gdpr": True, "us_privacy": "1YYN"}, NOTHING, ("coppa",)),
        ({"limit_ad_tracking": True}, NOTHING, ("limit_ad_tracking",)),
        ({"do_not_track": True, "gdpr": True, "tcf_consent": FULL}, NOTHING, ("do_not_track",)),
    ],
)
def test_of_the_user(told: dict[str, Any], expected: tuple[bool, ...], reasons: tuple[str, ...]) -> None:
    check(PrivacySignals(**told), expected, *reasons)


@pytest.mark.parametrize(
    ("gdpr", "sections", "unknown_is", "applies"),
    [
        (True, (), "does_not_apply", True),
        (False, (), "applies", False),
        (None, (), "does_not_apply", False),
        (None, (), "applies", True),
        (None, (2,), "does_not_apply", True),
        (False, (2,), "does_not_apply", True),  # the two disagree: the stricter one wins
        (None, (6,), "does_not_apply", False),
    ],
)
def test_when_the_gdpr_applies(gdpr: bool | None, sections: tuple[int, ...], unknown_is: Any, applies: bool) -> None:
    signals = PrivacySignals(gdpr=gdpr, gpp_sections=sections, gpp=gpp({6: "1---"}))
    found = permitted(signals, ConsentRules(US, unknown_is))

    assert ("tcf_missing" in found.reasons) is applies
    assert left(found) == (NOTHING if applies else EVERYTHING)


def test_a_refusal_in_a_string_counts_for_nothing_where_the_gdpr_does_not_apply() -> None:
    check(PrivacySignals(gdpr=False, tcf_consent=str(Tcf(purposes=()))), EVERYTHING)


@pytest.mark.parametrize(
    ("text", "expected", "reasons"),
    [
        (FULL, EVERYTHING, ()),
        (str(Tcf(as_ranges=True)), EVERYTHING, ()),
        ("", NOTHING, ("tcf_missing",)),
        ("CO", NOTHING, ("tcf_unreadable",)),
        (str(Tcf(version=1)), NOTHING, ("tcf_unreadable",)),
        (str(Tcf(vendors={US + 1})), NOTHING, ("tcf_vendor",)),
        (str(Tcf(vendors=(), legitimate_vendors={US})), NOTHING, ("tcf_vendor",)),
        (str(Tcf(purposes=EVERY_PURPOSE - {1})), PLACE_ONLY, ("tcf_purpose_1",)),
        (str(Tcf(purposes=EVERY_PURPOSE - {2})), NOTHING, ("tcf_purpose_2",)),
        (str(Tcf(purposes=EVERY_PURPOSE - {3})), (True, False, True, True), ("tcf_purpose_3",)),
        (str(Tcf(purposes=EVERY_PURPOSE - {4})), (True, False, False, True), ("tcf_purpose_4",)),
        (str(Tcf(purposes=EVERY_PURPOSE - {7})), PLACE_ONLY, ("tcf_purpose_7",)),
        (str(Tcf(purposes={1, 2, 7})), (True, False, False, True), ("tcf_purpose_3", "tcf_purpose_4")),
        (str(Tcf(special_features=())), NO_PLACE, ("tcf_special_feature_1",)),
        (str(Tcf(special_features={2})), NO_PLACE, ("tcf_special_feature_1",)),
        # Purpose 1 was not asked where the publisher sits; it is not read as a yes.
        (str(Tcf(purposes=EVERY_PURPOSE - {1}, purpose_one_was_not_asked=True)), PLACE_ONLY, ("tcf_purpose_1",)),
        (str(Tcf(restrictions=[(4, 0, [(US, US)])])), (True, False, False, True), ("tcf_purpose_4",)),
        (str(Tcf(restrictions=[(4, 2, [(1, 99)])])), (True, False, False, True), ("tcf_purpose_4",)),
        (str(Tcf(restrictions=[(4, 1, [(1, 99)])])), EVERYTHING, ()),
        (str(Tcf(restrictions=[(4, 0, [(US + 1, 99)])])), EVERYTHING, ()),
    ],
)
def test_of_a_tcf_string(text: str, expected: tuple[bool, ...], reasons: tuple[str, ...]) -> None:
    check(PrivacySignals(gdpr=True, tcf_consent=text), expected, *reasons)
    if text:
        # The same string as section 2 of a GPP string means the same.
        check(PrivacySignals(gdpr=True, gpp=gpp({2: text}), gpp_sections=(2,)), expected, *reasons)


def test_of_two_tcf_strings_the_stricter_wins() -> None:
    refused = gpp({2: str(Tcf(purposes={1, 2, 7}))})

    check(
        PrivacySignals(gdpr=True, tcf_consent=FULL, gpp=refused),
        (True, False, False, True),
        "tcf_purpose_3",
        "tcf_purpose_4",
    )


def test_nobody_consented_to_somebody_without_a_number() -> None:
    check(PrivacySignals(gdpr=True, tcf_consent=FULL), NOTHING, "tcf_no_vendor_id", rules=ConsentRules())


@pytest.mark.parametrize("purpose", [2, 7])
def test_a_legitimate_interest_stands_in_for_consent_only_where_it_is_ours(purpose: int) -> None:
    text = str(Tcf(purposes=EVERY_PURPOSE - {purpose}, legitimate_purposes={purpose}, legitimate_vendors={US}))
    signals = PrivacySignals(gdpr=True, tcf_consent=text)

    assert permitted(signals, OURS).reasons == (f"tcf_purpose_{purpose}",)
    assert left(permitted(signals, ConsentRules(US, legitimate_interests=frozenset({purpose})))) == EVERYTHING


@pytest.mark.parametrize(
    ("text", "expected", "reasons"),
    [
        ("1YNN", EVERYTHING, ()),
        ("1---", EVERYTHING, ()),
        ("1YYN", A_STRANGER, ("us_privacy_opt_out",)),
        ("1-Y-", A_STRANGER, ("us_privacy_opt_out",)),
        ("1Y", A_STRANGER, ("us_privacy_unreadable",)),
    ],
)
def test_of_the_us_privacy_string(text: str, expected: tuple[bool, ...], reasons: tuple[str, ...]) -> None:
    check(PrivacySignals(us_privacy=text), expected, *reasons)
    check(PrivacySignals(gpp=gpp({6: text}), gpp_sections=(6,)), expected, *reasons)


@pytest.mark.parametrize(
    ("sections", "applying", "expected", "reasons"),
    [
        ({7: str(UsSection(7))}, (7,), EVERYTHING, ()),
        ({7: str(UsSection(7, {"sale": 1}))}, (7,), A_STRANGER, ("gpp_7_opt_out",)),
        ({7: str(UsSection(7, {"sharing": 1}))}, (7,), A_STRANGER, ("gpp_7_opt_out",)),
        ({7: str(UsSection(7, {"targeted_advertising": 1}))}, (7,), A_STRANGER, ("gpp_7_opt_out",)),
        ({7: str(UsSection(7, gpc=True))}, (7,), A_STRANGER, ("gpp_7_opt_out",)),
        ({8: str(UsSection(8, {"sharing": 1}))}, (8,), A_STRANGER, ("gpp_8_opt_out",)),
        ({11: str(UsSection(11, {"targeted_advertising": 1}))}, (11,), A_STRANGER, ("gpp_11_opt_out",)),
        # An opt-out in a section that does not apply is none; where nobody says which apply, all do.
        ({7: str(UsSection(7)), 8: str(UsSection(8, {"sale": 1}))}, (7,), EVERYTHING, ()),
        ({7: str(UsSection(7)), 8: str(UsSection(8, {"sale": 1}))}, (), A_STRANGER, ("gpp_8_opt_out",)),
        ({7: str(UsSection(7, {"sale": 1}))}, (-1,), EVERYTHING, ()),
        ({7: str(UsSection(7))}, (8,), A_STRANGER, ("gpp_8_missing",)),
        ({7: "B"}, (7,), A_STRANGER, ("gpp_7_unreadable",)),
        ({25: str(UsSection(9))}, (25,), A_STRANGER, ("gpp_25_unreadable",)),
        ({5: "x", 99: "y"}, (5, 99), EVERYTHING, ()),
        ({5: "x"}, (), EVERYTHING, ()),
    ],
)
def test_of_us_sections(
    sections: dict[int, str], applying: tuple[int, ...], expected: tuple[bool, ...], reasons: tuple[str, ...]
) -> None:
    check(PrivacySignals(gpp=gpp(sections), gpp_sections=applying), expected, *reasons)


def test_a_gpp_string_that_cannot_be_read_is_an_opt_out() -> None:
    check(PrivacySignals(gpp="nonsense"), A_STRANGER, "gpp_unreadable")
    check(PrivacySignals(gpp="nonsense", gpp_sections=(7,)), A_STRANGER, "gpp_unreadable", "gpp_7_missing")
    check(PrivacySignals(gpp_sections=(7,)), A_STRANGER, "gpp_7_missing")
    check(PrivacySignals(gpp="nonsense", gdpr=True), NOTHING, "gpp_unreadable", "tcf_missing")


def test_each_reason_stands_once_however_often_it_was_met() -> None:
    text = str(Tcf(purposes=EVERY_PURPOSE - {3}))

    check(PrivacySignals(gdpr=True, tcf_consent=text, gpp=gpp({2: text})), (True, False, True, True), "tcf_purpose_3")


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        ({"vendor_id": 0}, "vendor_id"),
        ({"unknown_gdpr_is": "perhaps"}, "unknown_gdpr_is"),
        ({"legitimate_interests": frozenset({1})}, "legitimate_interests"),
        ({"legitimate_interests": frozenset({2, 4})}, "legitimate_interests"),
    ],
)
def test_rules_that_cannot_be_are_refused(rules: dict[str, Any], where: str) -> None:
    with pytest.raises(ConfigRejected) as caught:
        ConsentRules(**rules)

    assert caught.value.where == where


tcf_texts = st.builds(
    lambda purposes, vendors, features: str(Tcf(purposes=purposes, vendors=vendors, special_features=features)),
    st.frozensets(st.sampled_from(sorted(EVERY_PURPOSE))),
    st.sampled_from([{US}, {US, US + 1}, {US + 1}]),
    st.sampled_from([{1}, set()]),
)
us_texts = st.builds(
    lambda section, field, value, gpc: gpp({section: str(UsSection(section, {field: value}, gpc=gpc))}),
    st.sampled_from([7, 8, 9, 11]),
    st.sampled_from(["sale", "sharing", "targeted_advertising"]),
    st.integers(0, 2),
    st.none() | st.booleans(),
)
maybe = st.none() | st.booleans()
signals_of_any_kind = st.builds(
    PrivacySignals,
    coppa=maybe,
    gdpr=maybe,
    tcf_consent=st.just("") | st.text(max_size=20) | tcf_texts,
    us_privacy=st.sampled_from(["", "1YNN", "1YYN", "1---", "?"]),
    gpp=st.just("") | st.text(max_size=20) | us_texts | tcf_texts.map(lambda text: gpp({2: text})),
    gpp_sections=st.lists(st.integers(-1, 30), max_size=3).map(tuple),
    do_not_track=maybe,
    limit_ad_tracking=maybe,
)
rules_of_any_kind = st.builds(
    ConsentRules,
    st.none() | st.just(US),
    st.sampled_from(["applies", "does_not_apply"]),
    st.frozensets(st.sampled_from([2, 7])),
)


@given(signals_of_any_kind, rules_of_any_kind)
def test_who_may_not_be_recognised_has_no_profile_and_no_history(signals: PrivacySignals, rules: ConsentRules) -> None:
    found = permitted(signals, rules)

    assert found.may_recognise or not (found.may_profile or found.may_read_history)


@given(signals_of_any_kind, rules_of_any_kind)
def test_something_is_taken_away_exactly_where_there_is_a_reason(signals: PrivacySignals, rules: ConsentRules) -> None:
    found = permitted(signals, rules)

    assert (left(found) == EVERYTHING) is (found.reasons == ())
