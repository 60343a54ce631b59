"""Quantiles are never fewer than their levels, and never cross."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from adplat.domain import (
    TOLD_LEVELS,
    ConfigRejected,
    Flight,
    ForecastScore,
    KeptForecast,
    Metric,
    Quantiles,
    rising_quantiles,
)

RISING = Quantiles(tuple(float(number) for number in range(len(TOLD_LEVELS))))
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_score(actual: float) -> ForecastScore:
    return ForecastScore("f1", NOON, Metric.CLICKS, date(2026, 3, 1), actual, RISING, 0.5)


def test_quantiles_are_told_by_their_levels() -> None:
    found = rising_quantiles([float(number) for number in range(len(TOLD_LEVELS))])

    assert found.at(0.5) == 4.0
    assert found.as_document() == {
        "p2.5": 0.0, "p5": 1.0, "p10": 2.0, "p25": 3.0, "p50": 4.0, "p75": 5.0, "p90": 6.0, "p95": 7.0, "p97.5": 8.0
    }  # fmt: skip


def test_crossing_or_missing_quantiles_are_refused() -> None:
    with pytest.raises(ValueError, match="cross"):
        Quantiles((1.0, 0.0, *[2.0] * (len(TOLD_LEVELS) - 2)))
    with pytest.raises(ValueError, match="levels"):
        Quantiles((1.0,))
    assert rising_quantiles([2.0, 1.0, *[3.0] * (len(TOLD_LEVELS) - 2)]).values[:2] == (1.0, 2.0)


def test_a_document_is_read_back_and_one_with_a_missing_level_is_not() -> None:
    told = RISING.as_document()
    assert Quantiles.from_document(told) == RISING
    del told["p97.5"]
    with pytest.raises(ValueError, match=r"no p97\.5"):
        Quantiles.from_document(told)


@pytest.mark.parametrize(
    ("share", "ends"), [(0.5, (3.0, 5.0)), (0.8, (2.0, 6.0)), (0.9, (1.0, 7.0)), (0.95, (0.0, 8.0))]
)
def test_a_central_interval_has_equal_tails(share: float, ends: tuple[float, float]) -> None:
    assert RISING.interval(share) == ends


def test_an_interval_that_is_not_told_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.7"):
        RISING.interval(0.7)


@pytest.mark.parametrize(
    ("actual", "inside", "well_inside"),
    [(1.9, False, False), (2.0, True, False), (4.0, True, True), (6.0, True, False)],
)
def test_ends_lie_inside_but_not_well_inside(actual: float, inside: bool, well_inside: bool) -> None:
    assert (a_score(actual).inside(0.8), a_score(actual).well_inside(0.8)) == (inside, well_inside)


def test_a_forecast_without_an_end_is_refused_and_one_without_campaign_goes_by_its_plan() -> None:
    with pytest.raises(ConfigRejected, match="without an end"):
        KeptForecast("f1", NOON, "Spring", "a1", None, Flight(NOON, None), {}, {})
    flight = Flight(NOON, NOON.replace(day=2))
    kept = KeptForecast("f1", NOON, "Spring", "a1", None, flight, {"campaign_id": "k2"}, {})
    assert (kept.ends_at, kept.carried_out_by) == (NOON.replace(day=2), "k2")
