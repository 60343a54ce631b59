"""Life cycles as drawn, flights, money."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import CampaignStatus, ConfigRejected, CreativeStatus, Flight, Money

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_creatives_only_reach_live_through_approval() -> None:
    before_live = [status for status in CreativeStatus if status.may_become(CreativeStatus.LIVE)]
    assert before_live == [CreativeStatus.APPROVED, CreativeStatus.PAUSED]
    before_approved = [status for status in CreativeStatus if status.may_become(CreativeStatus.APPROVED)]
    assert before_approved == [CreativeStatus.HELD]


@pytest.mark.parametrize("final", [CreativeStatus.REJECTED, CreativeStatus.RETIRED])
def test_final_creative_states_are_final(final: CreativeStatus) -> None:
    assert not any(final.may_become(status) for status in CreativeStatus)


def test_an_ended_campaign_never_comes_back() -> None:
    assert not any(CampaignStatus.ENDED.may_become(status) for status in CampaignStatus)
    assert CampaignStatus.PAUSED.may_become(CampaignStatus.LIVE)


def test_flight_is_half_open() -> None:
    flight = Flight(START, START + timedelta(days=1))
    assert flight.covers(START)
    assert not flight.covers(START + timedelta(days=1))
    assert Flight(START, None).covers(START + timedelta(days=9999))


def test_flight_refuses_nonsense() -> None:
    with pytest.raises(ConfigRejected, match="ends before it starts"):
        Flight(START, START)
    with pytest.raises(ConfigRejected, match="without zone"):
        Flight(datetime(2026, 1, 1), None)  # noqa: DTZ001 - the missing zone is the point


@given(st.integers(), st.integers())
def test_money_adds_exactly(left: int, right: int) -> None:
    assert (Money(left, "CNY") + Money(right, "CNY")).amount_micros == left + right


def test_money_keeps_currencies_apart() -> None:
    with pytest.raises(ConfigRejected, match="cannot add USD to CNY"):
        Money(1, "CNY") + Money(1, "USD")
    with pytest.raises(ConfigRejected, match="ISO 4217"):
        Money(1, "yuan")
