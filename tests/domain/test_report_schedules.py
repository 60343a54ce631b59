"""When a report is due, and which days it tells: calendars, clocks that are moved, months that are short."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adplat.domain import (
    ConfigRejected,
    CountedUsers,
    Dimension,
    Every,
    ReportPeriod,
    SavedQuestion,
    SendTimes,
    SendTo,
    condition_from,
    question_from,
    times_from,
    times_told,
)

ZONES = [
    "UTC",
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Apia",
    "Africa/Cairo",
    "Australia/Lord_Howe",
]
MOMENTS = st.datetimes(datetime(2010, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - it adds them


def dues(times: SendTimes, since: datetime, count: int) -> list[datetime]:
    found = [times.after(since)]
    while len(found) < count:
        found.append(times.after(found[-1]))
    return found


def test_eight_o_clock_stays_eight_o_clock_when_the_clocks_are_moved() -> None:
    berlin = SendTimes(Every.DAY, 8, "Europe/Berlin")
    found = dues(berlin, datetime(2026, 3, 27, 12, tzinfo=UTC), 3)
    assert [one.hour for one in found] == [7, 6, 6]
    assert {one.astimezone(ZoneInfo("Europe/Berlin")).hour for one in found} == {8}


def test_an_hour_that_is_skipped_is_the_next_one_and_one_that_comes_twice_is_the_first() -> None:
    two = SendTimes(Every.DAY, 2, "Europe/Berlin")
    spring = dues(two, datetime(2026, 3, 28, 12, tzinfo=UTC), 2)
    assert [one.isoformat() for one in spring] == ["2026-03-29T01:00:00+00:00", "2026-03-30T00:00:00+00:00"]
    autumn = dues(two, datetime(2026, 10, 24, 12, tzinfo=UTC), 2)
    assert [one.isoformat() for one in autumn] == ["2026-10-25T00:00:00+00:00", "2026-10-26T01:00:00+00:00"]


def test_the_thirty_first_is_the_last_day_of_a_shorter_month() -> None:
    found = dues(SendTimes(Every.MONTH, 6, "UTC", day=31), datetime(2027, 12, 31, 5, tzinfo=UTC), 5)
    assert [one.date().isoformat() for one in found] == [
        "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30",
    ]  # fmt: skip


def test_a_week_has_one_monday() -> None:
    found = dues(SendTimes(Every.WEEK, 0, "Asia/Shanghai", weekday=0), datetime(2026, 3, 1, 15, tzinfo=UTC), 3)
    assert [one.isoformat() for one in found] == [
        "2026-03-01T16:00:00+00:00", "2026-03-08T16:00:00+00:00", "2026-03-15T16:00:00+00:00",
    ]  # fmt: skip


@given(
    MOMENTS, st.sampled_from(ZONES), st.integers(0, 23), st.sampled_from(Every), st.integers(0, 6), st.integers(1, 31)
)
def test_what_is_due_next_lies_ahead_on_its_day_and_none_lies_between(
    moment: datetime, zone: str, hour: int, every: Every, weekday: int, day: int
) -> None:
    times = SendTimes(every, hour, zone, weekday, day)
    due = times.after(moment)
    longest = {Every.DAY: 3, Every.WEEK: 9, Every.MONTH: 33}[every]
    assert moment < due <= moment + timedelta(days=longest)
    assert times.after(due - timedelta(microseconds=1)) == due
    halfway = moment + (due - moment) / 2
    assert times.after(halfway) == due
    assert times_from(times_told(times)) == times


@pytest.mark.parametrize(
    ("period", "today", "since", "until"),
    [
        (ReportPeriod.YESTERDAY, "2026-03-01", "2026-02-28", "2026-03-01"),
        (ReportPeriod.LAST_7_DAYS, "2026-03-03", "2026-02-24", "2026-03-03"),
        (ReportPeriod.LAST_MONTH, "2026-03-31", "2026-02-01", "2026-03-01"),
        (ReportPeriod.LAST_MONTH, "2026-01-01", "2025-12-01", "2026-01-01"),
        (ReportPeriod.MONTH_TO_DATE, "2026-03-15", "2026-03-01", "2026-03-15"),
        (ReportPeriod.MONTH_TO_DATE, "2026-03-01", "2026-02-01", "2026-03-01"),
    ],
)
def test_periods_are_whole_days_before_today(period: ReportPeriod, today: str, since: str, until: str) -> None:
    assert period.days(date.fromisoformat(today)) == (date.fromisoformat(since), date.fromisoformat(until))


def test_days_are_those_of_the_question_s_zone_not_of_the_hour_it_is_sent_in() -> None:
    question = SavedQuestion(ReportPeriod.YESTERDAY, time_zone="Asia/Shanghai")
    assert question.at(datetime(2026, 3, 1, 17, tzinfo=UTC)).since == date(2026, 3, 1)  # the second there
    assert question.at(datetime(2026, 3, 1, 15, tzinfo=UTC)).since == date(2026, 2, 28)


def test_a_question_is_told_and_read_without_loss() -> None:
    conditions = (condition_from(r"campaign=k1|a\|b"), condition_from("placement!=story"))
    question = SavedQuestion(
        ReportPeriod.FIXED,
        (Dimension.DAY,),
        conditions,
        ("ctr", "spend"),
        since=date(2026, 3, 1),
        until=date(2026, 3, 8),
    )
    assert question_from(question.told()) == question
    cut = SavedQuestion(ReportPeriod.LAST_30_DAYS, attribute="device", counted=CountedUsers.ACTED)
    assert question_from(cut.told()) == cut


@pytest.mark.parametrize(
    "wrong",
    [
        {"since": date(2026, 3, 1)},
        {"period": ReportPeriod.FIXED},
        {"period": ReportPeriod.FIXED, "since": date(2026, 3, 2), "until": date(2026, 3, 1)},
        {"period": ReportPeriod.FIXED, "since": date(2020, 3, 2), "until": date(2026, 3, 1)},
        {"metrics": ("viewability",)},
        {"time_zone": "../etc/passwd"},
        {"attribute": "device", "time_zone": "Asia/Shanghai"},
        {"attribute": "device", "dimensions": (Dimension.CREATIVE,)},
        {"attribute": "a\nb"},
        {"conditions": (condition_from("device=phone"),)},
        {"dimensions": (Dimension.HOUR,), "period": ReportPeriod.LAST_30_DAYS},
    ],
)
def test_what_no_report_answers_is_not_kept(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigRejected):
        SavedQuestion(**({"period": ReportPeriod.YESTERDAY} | wrong))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        "ftp://hook.example/", "https://", "https:///x", "hook.example", "https://me:pw@hook.example/",
        "https://hook.example/#x", "https://hook.example/ x", "https://hook.example/\r\nHost: x",
        "https://hook.example:0/",
        "https://hook.example:99999/", "https://h\u00f6ok.example/", "https://hook.example\\@evil.example/",
        "javascript:1",
        "https://hook.example/" + "x" * 3000, "https://[::1",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_webhook_is_refused(address: str) -> None:
    with pytest.raises(ConfigRejected, match="webhook"):
        SendTo(webhook=address)
