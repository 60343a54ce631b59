"""What may not be known is gone from the opportunity, whatever it was called."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import Opportunity, PrivacySignals, Slot, UserContext
from adplat.privacy import CONTEXT_FACTS, Permissions, minimised

ALL = Permissions(True, True, True, True)
NONE = Permissions(False, False, False, False)
STRANGER = Permissions(True, False, False, False)
NO_PLACE = replace(ALL, may_use_precise_geo=False)

FACTS: dict[str, str | float] = {
    "country": "DE",
    "region": "DE-BE",
    "city": "Berlin",
    "postal_code": "10115",
    "lat": 52.520008,
    "lon": 13.404954,
    "ip": "203.0.113.77",
    "ipv6": "2001:db8:1234:5678::9",
    "device": "phone",
    "site": "news.example",
    "segment": "tea|travel",
    "advertising_id": "38400000-8cf0-11bd-b23e-10b96e40000d",
    "hour": 12.0,
}
OPPORTUNITY = Opportunity(
    request_id="r1",
    ts=datetime(2026, 3, 1, 12, tzinfo=UTC),
    slots=(Slot("1", "feed"),),
    user=UserContext("u1", {"age_band": "25-34", "city": "Berlin", "lat": 52.520008}),
    facts=FACTS,
    privacy=PrivacySignals(gdpr=True, tcf_consent="C"),
)


def test_with_every_permission_nothing_changes() -> None:
    assert minimised(OPPORTUNITY, ALL) == OPPORTUNITY


def test_with_none_a_stranger_at_a_rough_place_is_left() -> None:
    found = minimised(OPPORTUNITY, NONE)

    assert found.user == UserContext("")
    assert found.facts == {
        "country": "DE",
        "region": "DE-BE",
        "lat": 52.52,
        "lon": 13.4,
        "ip": "203.0.113.0",
        "ipv6": "2001:db8:1234::",
        "device": "phone",
        "site": "news.example",
        "hour": 12.0,
    }


def test_who_opted_out_of_profiles_keeps_the_key_and_nothing_else() -> None:
    found = minimised(OPPORTUNITY, STRANGER)

    assert found.user == UserContext("u1")
    assert "segment" not in found.facts
    assert "advertising_id" not in found.facts


def test_without_the_precise_place_the_rest_stays() -> None:
    found = minimised(OPPORTUNITY, NO_PLACE)

    assert found.user == UserContext("u1", {"age_band": "25-34", "lat": 52.52})
    assert found.facts == {name: value for name, value in FACTS.items() if name not in {"city", "postal_code"}} | {
        "lat": 52.52,
        "lon": 13.4,
        "ip": "203.0.113.0",
        "ipv6": "2001:db8:1234::",
    }


def test_the_address_of_somebody_unknown_is_cut_even_where_the_place_may_be_known() -> None:
    found = minimised(OPPORTUNITY, replace(NONE, may_use_precise_geo=True))

    assert (found.facts["lat"], found.facts["ip"]) == (52.520008, "203.0.113.0")


def test_everything_else_of_the_opportunity_stays() -> None:
    found = minimised(OPPORTUNITY, NONE)

    assert replace(found, user=OPPORTUNITY.user, facts=OPPORTUNITY.facts) == OPPORTUNITY


def test_a_schema_s_own_facts_of_the_moment_may_be_named() -> None:
    opportunity = replace(OPPORTUNITY, facts={"weather": "rain", "segment": "tea"})

    assert minimised(opportunity, STRANGER).facts == {}
    assert minimised(opportunity, STRANGER, context_facts=CONTEXT_FACTS | {"weather"}).facts == {"weather": "rain"}


@pytest.mark.parametrize(
    ("name", "given_value", "kept"),
    [
        ("ip", "nonsense", None),
        ("ip", 7.0, None),
        ("ip", "2001:db8:1234:5678::9", "2001:db8:1234::"),  # whatever the fact is called
        ("ipv6", "203.0.113.77", "203.0.113.0"),
        ("ipv6", "::ffff:203.0.113.77", "::"),
        ("lat", "52.5201", 52.52),
        ("lat", "north", None),
        ("lat", float("nan"), None),
        ("lon", float("inf"), None),
        ("lon", -0.004, 0.0),
    ],
)
def test_what_cannot_be_coarsened_is_dropped(name: str, given_value: str | float, kept: str | float | None) -> None:
    found = minimised(replace(OPPORTUNITY, facts={name: given_value}), NONE)

    assert found.facts.get(name) == kept


names = st.sampled_from([*sorted(FACTS), "gender", "age"]) | st.text(max_size=8)
values = st.text(max_size=12) | st.floats() | st.ip_addresses().map(str)
all_facts = st.dictionaries(names, values, max_size=8)
opportunities = st.builds(
    lambda key, attributes, facts: replace(OPPORTUNITY, user=UserContext(key, attributes), facts=facts),
    st.text(max_size=8),
    all_facts,
    all_facts,
)
permissions = st.builds(Permissions, st.booleans(), st.booleans(), st.booleans(), st.booleans())


@given(opportunities, permissions)
def test_without_permission_there_is_no_key_and_no_attribute(opportunity: Opportunity, granted: Permissions) -> None:
    found = minimised(opportunity, granted)

    assert found.user.user_key == (opportunity.user.user_key if granted.may_recognise else "")
    if not granted.may_profile:
        assert found.user.attributes == {}
        assert set(found.facts) <= CONTEXT_FACTS


@given(opportunities, permissions)
def test_nothing_is_invented_and_addresses_are_only_cut(opportunity: Opportunity, granted: Permissions) -> None:
    found = minimised(opportunity, granted)

    for before, after in ((opportunity.facts, found.facts), (opportunity.user.attributes, found.user.attributes)):
        assert set(after) <= set(before)
        if granted.may_recognise and granted.may_use_precise_geo:
            continue
        for name in {"ip", "ipv6"} & set(after):
            address = ip_address(str(after[name]))
            prefix = 24 if address.version == 4 else 48
            whole = ip_address(str(before[name]).partition("%")[0])
            assert address == ip_network(f"{whole}/{prefix}", strict=False).network_address


@given(opportunities, permissions)
def test_minimising_again_changes_nothing(opportunity: Opportunity, granted: Permissions) -> None:
    once = minimised(opportunity, granted)

    # Compared as text, in which a NaN equals itself.
    assert repr(minimised(once, granted)) == repr(once)
