"""Relative differences of a handful of events, looked at again and again."""

from __future__ import annotations

import numpy as np
import pytest

from adplat.experiments import confidence_sequence, effects, proportion_moments, watched
from tests.experiments.builders import compared

TUNING = 5000.0


def rates(*clicks: int, n: int = 20_000) -> list[dict[str, object]]:
    return [{"name": name, "n": n, "sum": k} for name, k in zip("ab", clicks, strict=True)]


def test_a_look_after_every_batch_finds_nothing_where_nothing_is() -> None:
    rng, shape = np.random.default_rng(4), (2000, 200)
    units = np.broadcast_to(500.0 * np.arange(1, 201), shape)
    control, treatment = (
        proportion_moments(units, rng.binomial(500, 0.004, shape).cumsum(axis=1).astype(float)) for _ in range(2)
    )
    with np.errstate(all="ignore"):
        delta = confidence_sequence(effects(control, treatment, relative=True), 0.05, TUNING, "two-sided")
        ours = watched(control, treatment, 0.05, TUNING, "two-sided", relative=True)
    assert (delta.p_value <= 0.05).any(axis=1).mean() > 0.1  # what the delta method alone would do
    assert (ours.p_value <= 0.05).any(axis=1).mean() <= 0.05
    assert ((ours.low > 0.0) | (ours.high < 0.0)).any(axis=1).mean() <= 0.05


def test_with_events_enough_the_delta_method_stays() -> None:
    found = compared("proportion", rates(100, 130), method="sequential")
    assert found["warnings"] == []
    assert found["ci"][0] + found["ci"][1] == pytest.approx(2.0 * found["estimate"], rel=1e-12)


@pytest.mark.parametrize("method", ["sequential", "group-sequential"])
def test_with_few_it_is_fiellers_and_the_p_value_that_of_the_absolute_difference(method: str) -> None:
    found = compared("proportion", rates(30, 55), method=method)
    absolute = compared("proportion", rates(30, 55), method=method, difference="absolute")
    assert "imprecise_mean" in found["warnings"]
    assert found["p_value"] == absolute["p_value"]
    low, high = found["ci"]
    factor = (absolute["ci"][1] - absolute["estimate"]) / absolute["std_error"]
    for end in (low, high):
        # At a limit R the difference b − (1+R)a is just as many standard errors away.
        if end is None:
            continue
        a, b, n = 30 / 20_000, 55 / 20_000, 20_000
        spread = b * (1 - b) / n + (1 + end) ** 2 * a * (1 - a) / n
        assert abs(b - (1 + end) * a) / np.sqrt(spread) == pytest.approx(factor, rel=1e-9)
    assert low is not None


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_the_interval_and_the_p_value_agree(alternative: str) -> None:
    for clicks in range(1, 60, 3):
        found = compared("proportion", rates(30, clicks), method="sequential", alternative=alternative)
        outside = any(end is not None and end * side > 0.0 for end, side in zip(found["ci"], (1.0, -1.0), strict=True))
        assert (found["p_value"] < 0.05) == outside


def test_a_control_that_may_be_zero_bounds_nothing() -> None:
    found = compared("proportion", rates(2, 9), method="sequential")
    assert found["ci"] == [None, None]
    assert found["estimate"] == pytest.approx(3.5)
    assert found["p_value"] > 0.05
