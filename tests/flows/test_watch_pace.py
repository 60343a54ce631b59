"""Which running campaigns are told to be off: told from sums that stand in for a report."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from adplat.domain import (
    Alert,
    AlertKind,
    AlertLimits,
    Budget,
    Campaign,
    CampaignStatus,
    Flight,
    MetricSums,
    Money,
    Report,
    ReportQuestion,
    ReportRow,
)
from adplat.flows.watch_pace import watch_pace
from tests.storage.builders import a_campaign

NOW = datetime(2027, 6, 6, 12, tzinfo=UTC)
DAYS = timedelta(days=1)
UNIT = 1_000_000
USUAL = AlertLimits()


def running(**told: object) -> Campaign:
    """Ten days, five of them gone, of 1,000 booked."""
    campaign = a_campaign("k1", "a1", status=CampaignStatus.LIVE)
    campaign = replace(
        campaign,
        budget=Budget(None, Money(1_000 * UNIT, "CNY")),
        flight=Flight(NOW - 5 * DAYS, NOW + 5 * DAYS),
    )
    return replace(campaign, **told)


class Counted:
    """A report in which every campaign spent so much a day, up to the hour ``heard`` ago."""

    def __init__(self, spent: Mapping[str, int], heard: timedelta | None = timedelta(hours=1), **sums: float) -> None:
        self._spent, self._heard, self._sums = spent, heard, sums

    def __call__(self, question: ReportQuestion) -> Report:
        rows = []
        for name, spent in sorted(self._spent.items()):
            rows.append(ReportRow((name,), "CNY", MetricSums(1000, 10, 1, 10.0, spent, 0)))
            if self._sums:
                rows[-1] = replace(rows[-1], sums=replace(rows[-1].sums, **self._sums))
        return Report(question, tuple(rows), {}, NOW if self._heard is None else NOW - self._heard)

    def totals(self, campaign_ids: Collection[str]) -> dict[str, MetricSums]:
        return {name: MetricSums(spend_micros=spent) for name, spent in self._spent.items() if name in campaign_ids}

    def watched(self, *campaigns: Campaign, limits: AlertLimits = USUAL) -> list[Alert]:
        return watch_pace(self, self.totals, self.shown_since, campaigns, limits, NOW)

    def shown_since(self, hour: datetime) -> set[str]:
        return set() if self._heard is None or NOW - self._heard < hour else set(self._spent)


def kinds(counted: Counted, *campaigns: Campaign, **limits: float) -> list[AlertKind]:
    told = replace(USUAL, **limits)
    return [one.kind for one in counted.watched(*(campaigns or [running()]), limits=told)]


def test_an_even_spend_is_no_alert() -> None:
    assert kinds(Counted({"k1": 500 * UNIT})) == []


def test_a_campaign_behind_or_ahead_by_more_than_the_limit_is_told_with_its_figures() -> None:
    [behind] = Counted({"k1": 400 * UNIT}).watched(running())
    assert behind.kind is AlertKind.BEHIND_PACE
    assert behind.facts["spent_micros"] == 400 * UNIT and behind.facts["expected_micros"] == 500 * UNIT
    assert abs(float(behind.facts["pace_share"]) - 0.2) < 1e-9 and behind.facts["currency"] == "CNY"
    assert kinds(Counted({"k1": 600 * UNIT})) == [AlertKind.AHEAD_OF_PACE]
    assert kinds(Counted({"k1": 400 * UNIT}), pace_share=0.25) == []


def test_a_flight_that_has_just_begun_is_left_alone() -> None:
    young = running(flight=Flight(NOW - timedelta(hours=12), NOW + 9 * DAYS))
    assert kinds(Counted({"k1": 0}), young) == []
    assert kinds(Counted({"k1": 0}), young, settled_days=0.25) == [AlertKind.BEHIND_PACE]


def test_a_budget_that_is_spent_is_told_once_and_not_as_ahead() -> None:
    assert kinds(Counted({"k1": 1_000 * UNIT})) == [AlertKind.BUDGET_ENDED]
    endless = running(flight=Flight(NOW - 5 * DAYS, None))
    assert kinds(Counted({"k1": 1_000 * UNIT}), endless) == [AlertKind.BUDGET_ENDED]
    assert kinds(Counted({"k1": 999 * UNIT - 1}), endless) == []


def test_a_campaign_without_a_showing_for_hours_is_told_while_others_are_shown() -> None:
    other = running(campaign_id="k2")
    found = Counted({"k2": 500 * UNIT}).watched(running(budget=Budget(None, None)), other)
    assert [(one.kind, one.subject) for one in found] == [(AlertKind.NO_DELIVERY, "k1")]


def test_where_nothing_at_all_was_counted_that_is_told_and_no_campaign() -> None:
    free = running(budget=Budget(None, None))
    assert kinds(Counted({"k1": 0}, heard=timedelta(hours=9)), free) == [AlertKind.NOTHING_COUNTED]
    # Events of others' are counted: then it is the campaign.
    assert kinds(Counted({"k1": 0}, heard=None), free) == [AlertKind.NO_DELIVERY]


def test_pcoc_is_told_where_its_whole_interval_is_beyond_the_limit() -> None:
    free = running(budget=Budget(None, None))
    assert kinds(Counted({"k1": 0}, impressions=100_000, clicks=1000, expected_clicks=1500.0), free) == [
        AlertKind.PCOC_OFF
    ]
    assert kinds(Counted({"k1": 0}, impressions=100_000, clicks=1000, expected_clicks=600.0), free) == [
        AlertKind.PCOC_OFF
    ]
    # The same ratio of a few clicks says nothing.
    assert kinds(Counted({"k1": 0}, impressions=1_000, clicks=10, expected_clicks=15.0), free) == []


def test_what_is_paused_or_out_of_its_flight_is_not_looked_at() -> None:
    late = running(flight=Flight(NOW - 9 * DAYS, NOW - DAYS))
    assert kinds(Counted({}), running(status=CampaignStatus.PAUSED), late) == []
