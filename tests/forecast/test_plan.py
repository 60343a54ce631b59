"""A plan that cannot be is refused in one line: what, where, how to mend it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from adplat.data import as_config
from adplat.domain import ConfigRejected
from adplat.forecast import CampaignPlan, check_plan


def plan(**facts: Any) -> CampaignPlan:
    document: dict[str, Any] = {
        "name": "summer",
        "start": date(2026, 9, 21),
        "end": date(2026, 9, 27),
        "bid": {"kind": "cpm", "target_micros": 12_000_000},
        "daily_budget_micros": 50_000_000,
        "creatives": ["c1"],
    }
    return as_config(document | facts, CampaignPlan, where="plan")


def test_a_flight_holds_both_of_its_ends() -> None:
    shop = plan(time_zone="Asia/Shanghai")

    check_plan(shop, where="plan")

    assert shop.days == 7
    assert shop.flight.start == datetime(2026, 9, 20, 16, tzinfo=UTC)
    assert shop.flight.end == datetime(2026, 9, 27, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"end": date(2026, 9, 20)}, "before it starts"),
        ({"end": date(2028, 9, 20)}, "731 days"),
        ({"daily_budget_micros": None}, "no budget"),
        ({"creatives": []}, "no creative"),
        ({"creatives": ["c1", "c1"]}, "named twice"),
        ({"bid": {"kind": "max_cpc"}}, "without a target"),
        ({"bid": {"kind": "target_roas", "target_micros": 5}}, "without a target"),
        ({"time_zone": "Mars/Olympus"}, "Mars"),
        ({"daily_budget_micros": -5}, ">= 1"),
        ({"targeting": {"hours_of_week": [168]}}, "hour of the week"),
        ({"budjet": 1}, "budjet"),
    ],
)
def test_an_impossible_plan_is_one_line(facts: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigRejected, match=message):
        check_plan(plan(**facts), where="plan")
