"""Campaigns stand where their counted money puts them; creatives where their clicks do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from adplat.domain import (
    BidStrategy,
    BidStrategyKind,
    Budget,
    Campaign,
    CampaignStatus,
    ConfigRejected,
    Dimension,
    Flight,
    MetricSums,
    Money,
    Report,
    ReportQuestion,
    ReportRow,
    summed,
)
from adplat.flows.report_delivery import (
    CampaignDelivery,
    Reports,
    creative_leaderboard,
    report_delivery,
    sums_by_campaign,
    sums_by_day,
)

TODAY = date(2026, 3, 20)
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def reports_of(counted: Mapping[tuple[str, date], MetricSums]) -> Reports:
    """Reports over one dimension, of sums by id and day."""

    def report(question: ReportQuestion) -> Report:
        assert question.dimensions[0] in {Dimension.CAMPAIGN, Dimension.CREATIVE}
        names = sorted({name for name, day in counted if question.since <= day < question.until})
        rows = tuple(
            ReportRow(
                (name,),
                "CNY",
                summed(
                    sums
                    for (one, day), sums in counted.items()
                    if one == name and question.since <= day < question.until
                ),
            )
            for name in names
        )
        return Report(question, rows, {"CNY": summed(row.sums for row in rows)}, NOW)

    return report


def delivery_of(counted: Mapping[tuple[str, date], MetricSums], start: datetime) -> CampaignDelivery:
    def totals(ids: Collection[str]) -> dict[str, MetricSums]:
        return {one: summed(sums for (name, _), sums in counted.items() if name == one) for one in ids}

    [told] = report_delivery(reports_of(counted), totals, [a_campaign(start)], NOW)
    return told


def days_ago(number: int) -> date:
    return TODAY - timedelta(days=number)


def a_campaign(start: datetime) -> Campaign:
    budget, flight = Budget(None, Money(20_000, "CNY")), Flight(start, start + timedelta(days=20))
    return Campaign("k1", "a1", "k", CampaignStatus.LIVE, budget, flight, BidStrategy(BidStrategyKind.CPM))


def test_the_latest_whole_days_say_where_a_campaign_will_end() -> None:
    spent = {("k1", days_ago(number)): MetricSums(spend_micros=500) for number in range(11)}

    told = delivery_of(spent, NOW - timedelta(days=10))

    assert told.delivery.spent_micros == 5_500
    assert told.delivery.expected_micros == 10_000
    assert told.delivery.projected_micros == 10_500, "ten days more at 500"


def test_a_campaign_of_some_hours_is_projected_from_them_and_one_of_nothing_stays_at_nothing() -> None:
    young = delivery_of({("k1", TODAY): MetricSums(spend_micros=250)}, NOW - timedelta(hours=6))
    silent = delivery_of({}, NOW - timedelta(days=10))

    assert young.delivery.projected_micros == 20_000
    assert silent.delivery.projected_micros == 0


def test_the_better_creative_leads_and_the_tired_one_is_flagged() -> None:
    fresh, stale = MetricSums(impressions=1_000, clicks=30), MetricSums(impressions=1_000, clicks=12)
    counted = {("steady", days_ago(number)): fresh for number in range(1, 15)}
    counted |= {("tired", days_ago(number)): stale if number <= 7 else fresh for number in range(1, 15)}
    counted |= {("new", days_ago(number)): MetricSums(impressions=10) for number in (1, 2)}

    board = creative_leaderboard(reports_of(counted), "k1", days_ago(14), TODAY)

    by_name = {one.creative_id: one for one in board}
    assert board[0].creative_id == "steady"
    assert abs(sum(one.probability_of_best or 0.0 for one in board) - 1.0) < 1e-9
    assert [name for name, one in by_name.items() if one.is_tired] == ["tired"]
    assert by_name["new"].fatigue is None
    assert by_name["steady"].ctr is not None
    assert by_name["steady"].ctr.low < 0.03 < by_name["steady"].ctr.high


def test_the_first_day_of_all_is_refused_and_does_not_run_over() -> None:
    with pytest.raises(ConfigRejected, match="no events are of such days"):
        creative_leaderboard(reports_of({}), "k1", date.min, date.min + timedelta(days=1))


def test_what_campaigns_brought_is_asked_for_in_parts_and_told_by_day_too() -> None:
    asked = []

    def report(question: ReportQuestion) -> Report:
        asked.append(question)
        names = question.conditions[0].values if question.conditions else ("k000", "k001")
        keys = names if question.dimensions == (Dimension.CAMPAIGN,) else (f"{TODAY}",)
        rows = tuple(ReportRow((key,), "CNY", MetricSums(clicks=3)) for key in keys)
        return Report(question, rows, {}, NOW)

    many = [f"k{number:03d}" for number in range(250)]

    assert sums_by_campaign(report, days_ago(7), TODAY, many) == {name: MetricSums(clicks=3) for name in many}
    assert [len(question.conditions[0].values) for question in asked] == [200, 50]
    assert sums_by_campaign(report, days_ago(7), TODAY, []) == {}
    assert set(sums_by_campaign(report, days_ago(7), TODAY)) == {"k000", "k001"}
    assert sums_by_day(report, "k1", days_ago(7), TODAY) == {TODAY: MetricSums(clicks=3)}
    assert len(asked) == 4
