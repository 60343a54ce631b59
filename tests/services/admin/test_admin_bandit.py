"""How a bandit shared a campaign's showings, told from what its decisions logged; and what it believes now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from adplat import bootstrap
from adplat.data import Lake
from tests.services.admin.admins import Admin
from tests.services.admin.tested_campaign import live_creatives

PATH = "/v1/campaigns/k1/bandit"


def decided(
    admin: Admin, at: datetime, shares: dict[str, float], count: int, *, part: str, campaign_id: str = "k1"
) -> None:
    """``count`` showings, each given by chance to one of the candidates; choices as the worker logs them."""
    names, odds = list(shares), np.asarray(list(shares.values()))
    chosen = np.random.default_rng(len(part)).choice(len(names), size=count, p=odds / odds.sum())
    ids = [f"{part}-{number}" for number in range(count)]
    lake = Lake(admin.settings.lake_folder)
    moment = pl.lit(at).alias("ts")
    rows = pl.DataFrame({"decision_id": ids, "creative_id": [names[place] for place in chosen]})
    rows = rows.with_columns(
        moment, request_id=pl.col("decision_id"), campaign_id=pl.lit(campaign_id),
        propensity=pl.Series([float(odds[place]) for place in chosen]),
    )  # fmt: skip
    lake.write("impressions", rows, part)
    told = {"decision_id": ids, "candidates": [names] * count, "propensities": [odds.tolist()] * count}
    lake.write("choices", pl.DataFrame(told).with_columns(moment), part)


@pytest.fixture
def shared(admin: Admin) -> Admin:
    """Two hours of k1: first even, then one creative leads and another has hardly any chance. And an hour of k2."""
    live_creatives(admin, "p1", "p2", "p3")
    now = bootstrap.clock().now()
    decided(admin, now - timedelta(hours=3), {"p1": 0.4, "p2": 0.4, "p3": 0.2}, 1000, part="first")
    decided(admin, now - timedelta(hours=2), {"p1": 0.795, "p2": 0.2, "p3": 0.005}, 1000, part="second")
    decided(admin, now - timedelta(hours=2), {"c2": 1.0}, 50, part="other", campaign_id="k2")
    return admin


def test_weights_are_those_that_decisions_logged_by_the_hour(shared: Admin) -> None:
    told = shared.as_("mei").get(PATH).json()
    hours = sorted({one["at"] for one in told["over_time"]})
    assert len(hours) == 2
    weights = {(hours.index(one["at"]), one["creative_id"]): one["weight"] for one in told["over_time"]}
    assert weights == pytest.approx({
        (0, "p1"): 0.4, (0, "p2"): 0.4, (0, "p3"): 0.2, (1, "p1"): 0.795, (1, "p2"): 0.2, (1, "p3"): 0.005,
    })  # fmt: skip
    assert sum(one["chosen"] for one in told["over_time"]) == 2000
    assert all(one["offered"] == 1000 for one in told["over_time"])
    assert told["belief"] is None, "nobody serves"


def test_what_showings_are_worth_follows_from_their_probabilities(shared: Admin) -> None:
    told = {one["creative_id"]: one for one in shared.as_("mei").get(PATH).json()["creatives"]}
    by_hour = {one["creative_id"]: [] for one in shared.as_("mei").get(PATH).json()["over_time"]}
    for one in shared.as_("mei").get(PATH).json()["over_time"]:
        by_hour[one["creative_id"]].append(one["chosen"])
    n, m = by_hour["p1"]
    weights = n / 0.4 + m / 0.795
    assert told["p1"]["effective_showings"] == pytest.approx(weights**2 / (n / 0.4**2 + m / 0.795**2))
    assert not told["p1"]["refused"]
    assert told["p3"]["smallest_propensity"] == pytest.approx(0.005)
    rare = by_hour["p3"][1]
    assert told["p3"]["refused"] is bool(rare), "one showing at 0.005 weighs as much as forty at 0.2"


def test_a_creative_of_another_campaign_that_stood_beside_is_not_told(shared: Admin) -> None:
    now = bootstrap.clock().now()
    decided(shared, now - timedelta(hours=1), {"p1": 0.5, "c2": 0.5}, 100, part="together")
    text = shared.as_("mei").get(PATH).text
    assert '"c2"' not in text
    assert ">c2<" not in shared.as_("mei").get("/campaigns/k1/bandit?days=1").text
    assert shared.as_("li").get(PATH).status_code == 404
    assert shared.as_("li").get("/campaigns/k1/bandit").status_code == 404


@pytest.mark.parametrize(("days", "status"), [("1", 200), ("14", 200), ("15", 422), ("0", 422), ("x", 422)])
def test_a_fortnight_at_most_is_read(shared: Admin, days: str, status: int) -> None:
    assert shared.as_("mei").get(PATH, params={"days": days}).status_code == status


def test_the_page_draws_it_in_both_languages_and_says_what_is_too_little(shared: Admin) -> None:
    mei = shared.as_("mei")
    page = mei.get("/campaigns/k1/bandit?days=1").text
    assert 'class="chart"' in page and "Weights over time" in page and "Nobody serves" in page
    assert "权重随时间变化" in mei.get("/campaigns/k1/bandit?days=7", headers={"accept-language": "zh"}).text
    assert "No showing" in admin_page(shared)


def admin_page(admin: Admin) -> Any:
    """Of a campaign that showed nothing that is known to have been chosen."""
    (admin.settings.lake_folder / "choices").rename(admin.settings.lake_folder / "gone")
    return admin.as_("mei").get("/campaigns/k1/bandit?days=1").text
