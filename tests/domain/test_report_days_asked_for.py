"""Days that a report may be asked for are moments of UTC in every zone."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from adplat.domain import ConfigRejected, ReportQuestion, report_days


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT-14", "America/Los_Angeles"])
@pytest.mark.parametrize("days", [(date(1970, 1, 1), date(1970, 2, 1)), (date(9998, 12, 1), date(9998, 12, 31))])
def test_the_first_and_last_days_that_may_be_asked_for_have_moments(zone: str, days: tuple[date, date]) -> None:
    question = ReportQuestion(*days, time_zone=zone)
    assert len(report_days(question.since, question.until, ZoneInfo(zone))) == question.days


@pytest.mark.parametrize("days", [(date.min, date(2, 1, 1)), (date(9999, 1, 1), date.max)])
def test_days_before_and_after_all_events_are_refused(days: tuple[date, date]) -> None:
    with pytest.raises(ConfigRejected, match="no events are of such days"):
        ReportQuestion(*days)
