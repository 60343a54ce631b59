"""Intervals that no longer hold: one line in the audit trail when an alert begins, one when it is over, and a page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from adplat.domain import TOLD_LEVELS, Flight, KeptForecast, Metric, Quantiles
from adplat.flows.calibrate_forecasts import calibrate_forecasts
from adplat.flows.score_forecasts import ScorePlan
from adplat.flows.watch_coverage import ENDED, RAISED, SUBJECT, alert_words, watch_coverage
from adplat.flows.write_calibration_page import write_calibration_page
from adplat.forecast import Promise, score_promise
from tests.flows.forecast_rig import NOON, Rig, a_rig

EVEN = Quantiles(TOLD_LEVELS)
WEEK = timedelta(days=7)
RNG = np.random.default_rng(4)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with a_rig(tmp_path) as made:
        yield made


def a_week(rig: Rig, number: int, spread: float, each: int = 6) -> datetime:
    """Forecasts of one week, in which uniform numbers were told; ``spread`` 1 is what happens then. Its end."""
    end = NOON + number * WEEK + timedelta(days=4)
    for place in range(each):
        name = f"w{number}-{place}"
        flight = Flight(end - timedelta(days=2), end)
        kept = KeptForecast(
            name, end - timedelta(days=3), name, f"a{place}", "k1", flight, {}, {}, "b1", slices={"budget": "tight"}
        )
        rig.parts.forecasts.keep(kept)
        actual = 0.5 + spread * float(RNG.random() - 0.5)
        score = score_promise(Promise(Metric.CLICKS, None, EVEN), actual, name, end)
        rig.parts.forecasts.add_scores(name, [score], end, "job 1", complete=True)
    return end + WEEK


def told(rig: Rig) -> list[tuple[str, str]]:
    return [(entry.action, entry.detail["stream"]) for entry in rig.parts.audit.about(SUBJECT)]


def test_an_alert_is_told_once_stands_and_ends_when_its_evidence_is_gone(rig: Rig) -> None:
    number = 0
    for number in range(6):
        assert watch_coverage(rig.parts, a_week(rig, number, 1.0)) == []
    alerts: list[dict[str, object]] = []
    while not alerts:
        number += 1
        assert number < 40
        alerts = watch_coverage(rig.parts, a_week(rig, number, 2.2))
    [alert] = alerts
    assert (alert["name"], alert["alarmed"], alert["told"]) == ("clicks total too seldom", True, 0.8)
    words = alert_words(alert)
    assert (
        words.startswith("clicks of whole flights: the 80 % intervals hold too seldom, ") and " since 2026-0" in words
    )
    assert watch_coverage(rig.parts, a_week(rig, number + 1, 2.2)) != []
    assert told(rig) == [(RAISED, "clicks total too seldom")]
    for _ in range(120):
        number += 1
        alerts = watch_coverage(rig.parts, a_week(rig, number + 1, 0.9, each=2))
        if not alerts:
            break
    assert told(rig) == [(RAISED, "clicks total too seldom"), (ENDED, "clicks total too seldom")]


def test_the_page_names_the_alert_that_stands(rig: Rig, tmp_path: Path) -> None:
    for number in range(30):
        settled = a_week(rig, number, 2.5)
    assert watch_coverage(rig.parts, settled) != []
    rig.clock.advance((settled - rig.clock.now()).total_seconds())
    document = calibrate_forecasts(rig.parts, ScorePlan(timedelta(0), timedelta(0)))
    [overall] = document["overall"]
    assert overall["held_80"]["high"] < 0.8 and (overall["forecasts"], overall["clusters"]) == (180, 6)
    assert [row["forecasts"] for row in document["weeks"]] == [6] * 30
    assert document["slices"]["budget"][0]["group"] == "tight" and document["bundles"][0]["group"] == "b1"
    write_calibration_page(tmp_path / "page.html", document, rig.clock.now())
    page = (tmp_path / "page.html").read_text()
    assert "Alert: clicks of whole flights: the 80 % intervals hold too seldom" in page
    assert "Alerts so far" in page and "raised" in page
