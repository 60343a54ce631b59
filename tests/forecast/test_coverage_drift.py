"""Weeks of scored forecasts: sound ones raise no alarm, narrow and wide ones do; a week is one piece of evidence."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from scipy.special import ndtr

from adplat.domain import (
    TOLD_LEVELS,
    Flight,
    ForecastScore,
    KeptForecast,
    Metric,
    Quantiles,
    ScoredForecast,
    TableRejected,
)
from adplat.forecast import (
    CoverageStream,
    ScoredNumber,
    coverage_by,
    coverage_drift,
    days_ahead,
    promises_of,
    score_promise,
)

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
FOREVER = MONDAY + timedelta(days=10_000)
EVEN = Quantiles(TOLD_LEVELS)  # the quantiles of a uniform number


def a_forecast(week: int, actual: float, *, number: int = 0, days: int = 4) -> ScoredForecast:
    """A flight that ends on the Friday of that week; one metric, in total and on its last day."""
    end = MONDAY + timedelta(days=7 * week + 5)
    start = end - timedelta(days=days)
    name = f"f{week}-{number}"
    kept = KeptForecast(name, start - timedelta(days=1), name, f"a{number}", "k1", Flight(start, end), {}, {})
    scores = (
        ForecastScore(name, end, Metric.CLICKS, None, actual, EVEN, 0.1),
        ForecastScore(name, end, Metric.CLICKS, (end - timedelta(days=1)).date(), 0.5, EVEN, 0.1),
    )
    return ScoredForecast(kept, scores)


def a_world(draw: Callable[[int], float], weeks: int = 40, each: int = 5) -> list[ScoredForecast]:
    return [a_forecast(week, draw(week), number=number) for week in range(weeks) for number in range(each)]


def stream(found: list[CoverageStream], scope: str, *, too_low: bool) -> CoverageStream:
    [one] = [one for one in found if one.scope == scope and one.too_low is too_low and one.metric is Metric.CLICKS]
    return one


def test_sound_forecasts_raise_no_alarm() -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        found = coverage_drift(a_world(lambda _, rng=rng: float(rng.random())), FOREVER)  # type: ignore[misc]
        assert not [one.name for one in found if one.scope == "total" and one.alarmed]


def test_intervals_that_became_too_narrow_raise_an_alarm_with_the_week_in_which_it_began() -> None:
    rng = np.random.default_rng(3)

    def drawn(week: int) -> float:
        return float(rng.random() if week < 20 else rng.normal(0.5, 0.6))

    found = stream(coverage_drift(a_world(drawn), FOREVER), "total", too_low=True)
    assert found.alarmed and found.name == "clicks total too seldom"
    assert abs((found.since - (MONDAY + timedelta(weeks=20)).date()).days) <= 28
    assert found.held < 0.7 and (found.forecasts, found.weeks) == (200, 40)
    assert not stream(coverage_drift(a_world(drawn), FOREVER), "total", too_low=False).alarmed


def test_intervals_that_are_too_wide_raise_an_alarm_of_their_own() -> None:
    found = coverage_drift(a_world(lambda _: 0.5, weeks=60), FOREVER)
    assert stream(found, "total", too_low=False).alarmed and stream(found, "day", too_low=False).alarmed
    assert not stream(found, "total", too_low=True).alarmed


def test_a_count_on_the_very_end_of_its_interval_is_no_evidence_either_way() -> None:
    found = coverage_drift(a_world(lambda _: 0.1), FOREVER)
    assert not stream(found, "total", too_low=True).alarmed
    assert not stream(found, "total", too_low=False).alarmed


def test_weeks_that_are_not_settled_say_nothing_yet() -> None:
    world = a_world(lambda _: 0.99, weeks=3)
    assert coverage_drift(world, MONDAY + timedelta(days=7, seconds=-1)) == []
    assert stream(coverage_drift(world, MONDAY + timedelta(days=14)), "total", too_low=True).weeks == 2


def test_shocks_that_all_campaigns_share_seldom_raise_an_alarm() -> None:
    """Each forecast holds with 80 %, and flights of two weeks that overlap hold or fail together, mostly."""
    alarms = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        shocks = rng.normal(size=(54,))

        def drawn(week: int, rng: np.random.Generator = rng, shocks: np.ndarray = shocks) -> float:  # type: ignore[type-arg]
            shared = (shocks[week] + shocks[week + 1]) / math.sqrt(2.0)
            return float(ndtr(math.sqrt(0.6) * shared + math.sqrt(0.4) * rng.normal()))

        found = coverage_drift(a_world(drawn, weeks=52), FOREVER)
        alarms += any(one.alarmed for one in found if one.scope == "total")
    assert alarms <= 1


def test_many_forecasts_of_one_week_are_one_piece_of_evidence() -> None:
    few = stream(coverage_drift(a_world(lambda _: 0.99, weeks=2, each=2), FOREVER), "total", too_low=True)
    many = stream(coverage_drift(a_world(lambda _: 0.99, weeks=2, each=50), FOREVER), "total", too_low=True)
    assert few.log_evidence == pytest.approx(many.log_evidence) and not many.alarmed


def test_a_revision_changes_nothing_in_the_watch() -> None:
    world = a_world(lambda _: 0.5, weeks=6)
    late = [
        ScoredForecast(
            one.forecast,
            (*one.scores, ForecastScore("x", FOREVER, Metric.CLICKS, None, 9.0, EVEN, 0.1, 1, "late data")),
        )
        for one in world
    ]
    assert coverage_drift(late, FOREVER) == coverage_drift(world, FOREVER)


def test_groups_tell_what_held_and_who_stood_behind_it() -> None:
    world = a_world(lambda week: 0.5 if week else 0.96, weeks=4, each=3)
    numbers = [ScoredNumber(one.forecast, score) for one in world for score in one.scores]
    [total, day] = coverage_by(numbers, lambda _: "all")
    assert (total.scope, day.scope, total.numbers, total.forecasts, total.clusters) == ("total", "day", 12, 12, 3)
    assert (total.held[0.8].value, total.held[0.95].value, day.held[0.5].value) == (0.75, 1.0, 1.0)
    assert total.pinball_share == pytest.approx(0.1 * 12 / (3 * 0.96 + 9 * 0.5))
    assert total.below[TOLD_LEVELS.index(0.25)] == 0.0 and total.below[TOLD_LEVELS.index(0.9)] == 0.75
    assert [row.group for row in coverage_by(numbers, days_ahead)] == ["4 to 7 days"]


def test_a_promise_is_read_and_scored_by_its_pinball_loss() -> None:
    document = {"daily": [{"date": "2026-03-02", "clicks": EVEN.as_document(), "reach": None}], "total": {}}
    [promise] = promises_of(document, where="here")
    assert (promise.metric, promise.day) == (Metric.CLICKS, date(2026, 3, 2))
    score = score_promise(promise, 1.0, "f1", MONDAY)
    assert score.pinball == pytest.approx(np.mean([level * (1.0 - level) for level in TOLD_LEVELS]))
    assert not score.inside(0.95)


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({"daily": [{"clicks": EVEN.as_document()}]}, "a day without a date"),
        ({"daily": [{"date": "soon"}]}, "a day without a date"),
        ({"daily": [{"date": "2026-03-02", "clicks": EVEN.as_document()}] * 2}, "told twice"),
        ({"total": {"clicks": {"p50": 1.0}}}, "no p2.5"),
        ({"total": {"clicks": EVEN.as_document() | {"p50": 9.0}}}, "cross"),
        ({"total": {"clicks": 3}}, "clicks"),
        ({}, "tells no metric"),
    ],
)
def test_a_document_that_cannot_be_scored_is_refused(document: dict[str, object], what: str) -> None:
    with pytest.raises(TableRejected, match=what):
        promises_of(document, where="here")
