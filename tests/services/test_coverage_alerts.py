"""Forecasts are scored beside the fold, and what their scoring said is told to ``/metrics``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adplat import bootstrap
from adplat.bootstrap import Settings
from adplat.domain import Flight, Job, JobOrder, KeptForecast
from adplat.flows.watch_forecasts import SCORE
from services.bidding.coverage_alerts import CoverageAlerts
from services.hosting.jobs import do_due_jobs

NOW = datetime.now(UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return bootstrap.read_settings(workspace=tmp_path / "ws", actor="mei")


def a_due_forecast(settings: Settings) -> None:
    flight = Flight(NOW - timedelta(days=9), NOW - timedelta(days=8))
    forecast = KeptForecast("f1", NOW - timedelta(days=10), "Spring", "a1", None, flight, {}, {})
    with bootstrap.opened_forecasts(settings) as parts:
        parts.forecasts.keep(forecast)


def test_a_due_forecast_is_looked_at_by_the_worker(settings: Settings) -> None:
    assert do_due_jobs(settings) == 0
    a_due_forecast(settings)
    never = settings.model_copy(update={"forecast_score_every_minutes": 0.0})
    assert do_due_jobs(never) == 0
    told: list[str] = []
    assert do_due_jobs(settings, told.append) == 1
    assert told == ["job 1 (score-forecasts forecasts) is done"]
    with bootstrap.opened_jobs(settings) as queue:
        result = queue.find(1).result
    assert result is not None and "no campaign carries it out" in result["waiting"]["f1"]
    assert do_due_jobs(settings) == 0


def test_standing_alerts_are_read_once_a_minute_from_the_latest_scoring(settings: Settings) -> None:
    with bootstrap.opened_jobs(settings) as queue:

        def scored(alerts: int) -> None:
            queue.add(JobOrder(SCORE, "forecasts", NOW, "worker"), NOW)
            job = queue.take([SCORE], "w1", NOW, 30.0)
            assert isinstance(job, Job)
            queue.finish(job, NOW, {"alerts": [{}] * alerts})

        assert CoverageAlerts(queue).standing(0.0) is None
        scored(2)
        watched = CoverageAlerts(queue)
        assert watched.standing(100.0) == 2
        scored(0)
        assert (watched.standing(159.0), watched.standing(160.0)) == (2, 0)
