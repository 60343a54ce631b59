"""A young showing is no failure, and how little is known of the rest is part of the interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy.special import stdtrit

from adplat.domain import ConfigRejected, TableRejected
from adplat.experiments import MaturityCurve, analyze, maturity_curve, parse_spec

WINDOW = 60
SIZE = 1_500


@dataclass(frozen=True)
class Seen:
    """Of both arms: ages and conversions that were seen of every showing, and the curve read off them."""

    ages: list[np.ndarray]
    converted: list[np.ndarray]
    curve: MaturityCurve


def seen(rng: np.random.Generator, rates: tuple[float, float], oldest: tuple[int, int] = (90, 90)) -> Seen:
    """Showings of ages up to ``oldest`` minutes; who converts does so after 20 minutes in the mean."""
    ages, converted, delays = [], [], []
    for rate, old in zip(rates, oldest, strict=True):
        age = np.minimum(rng.integers(1, old + 1, SIZE), WINDOW)
        delay = np.floor(rng.exponential(20.0, SIZE)).astype(np.int64)
        came = (rng.random(SIZE) < rate) & (delay < age)
        ages.append(age)
        converted.append(came)
        delays.append(delay[came])
    by_age = np.array([np.bincount(age, minlength=WINDOW + 1) for age in ages], dtype=np.float64)
    by_delay = np.bincount(np.concatenate(delays), minlength=WINDOW).astype(np.float64)
    return Seen(ages, converted, maturity_curve(by_age.sum(axis=0), by_age, by_delay))


def analysed(one: Seen, *, difference: str, known: bool = False) -> dict[str, Any]:
    arms = []
    for name, age, came in zip("ab", one.ages, one.converted, strict=True):
        share, y = one.curve.shares[age], came.astype(np.float64)
        arms.append(
            {
                "name": name,
                "n": SIZE,
                "sum": float(y.sum()),
                "sum_squares": float(y.sum()),
                "denominator": {
                    "sum": float(share.sum()),
                    "sum_squares": float((share**2).sum()),
                    "sum_products": float((share * y).sum()),
                },
            }
        )
    more = {} if known else {"share_covariance": one.curve.covariance.tolist()}
    metric = {"name": "cvr", "kind": "ratio"}
    return analyze(parse_spec({"metric": metric, "arms": arms, "difference": difference, **more}, where="spec"))


def test_old_showings_need_no_curve() -> None:
    shown = np.zeros(WINDOW + 1)
    shown[-1] = 100.0
    curve = maturity_curve(shown, shown[None, :], np.ones(WINDOW))
    assert curve.shares[-1] == 1.0
    assert curve.covariance == pytest.approx(np.zeros((1, 1)), abs=1e-15)


def test_the_curve_is_what_came_by_each_age_of_all_that_comes() -> None:
    # Four showings: two saw one minute, two saw both. One conversion in each minute.
    curve = maturity_curve(np.array([0.0, 2.0, 2.0]), np.array([[0.0, 2.0, 2.0]]), np.array([1.0, 1.0]))
    assert curve.shares == pytest.approx([0.0, (1 / 4) / (1 / 4 + 1 / 2), 1.0])


def test_without_a_showing_as_old_as_the_window_nothing_is_made_up() -> None:
    with pytest.raises(TableRejected, match="as old as"):
        maturity_curve(np.array([0.0, 5.0, 0.0]), np.array([[0.0, 5.0, 0.0]]), np.array([1.0, 0.0]))


def test_without_a_conversion_nothing_is_missing() -> None:
    curve = maturity_curve(np.array([0.0, 5.0, 5.0]), np.ones((2, 3)), np.zeros(2))
    assert curve.shares.tolist() == [1.0, 1.0, 1.0]
    assert not curve.covariance.any()


@pytest.mark.parametrize(
    ("difference", "oldest"),
    [("relative", (90, 90)), ("absolute", (90, 65)), ("relative", (300, 61)), ("relative", (62, 62))],
)
def test_corrected_rates_hit_the_truth_as_often_as_they_say(difference: str, oldest: tuple[int, int]) -> None:
    rng = np.random.default_rng(8)
    rates = (0.10, 0.12)
    within = 1.0 - np.exp(-WINDOW / 20.0)  # of those who would ever convert
    truth = [rate * within for rate in rates]
    effect = truth[1] - truth[0] if difference == "absolute" else truth[1] / truth[0] - 1.0
    misses, arm_z = [], []
    for _ in range(600):
        document = analysed(seen(rng, rates, oldest), difference=difference)
        (one,) = document["comparisons"]
        misses.append((one["estimate"] - effect) / one["std_error"])
        arm = document["arms"][0]
        arm_z.append((arm["estimate"] - truth[0]) * 2.0 * 1.96 / (arm["ci"][1] - arm["ci"][0]))
    assert np.mean(misses) == pytest.approx(0.0, abs=0.15)
    assert np.std(misses) == pytest.approx(1.0, abs=0.07)
    assert np.mean(arm_z) == pytest.approx(0.0, abs=0.15)
    assert np.std(arm_z) == pytest.approx(1.0, abs=0.07)


@pytest.mark.parametrize("difference", ["relative", "absolute"])
def test_the_curves_error_is_added_to_every_interval(difference: str) -> None:
    one = seen(np.random.default_rng(9), (0.1, 0.14), (300, 62))
    unsure, sure = (analysed(one, difference=difference, known=known) for known in (False, True))
    a, b = (arm["estimate"] for arm in sure["arms"])
    covariance = one.curve.covariance
    slope = np.array([-b / a, b / a]) if difference == "relative" else np.array([-a, b])
    added = slope @ covariance @ slope
    squares = [document["comparisons"][0]["std_error"] ** 2 for document in (unsure, sure)]
    assert squares[0] - squares[1] == pytest.approx(added, rel=1e-6)
    assert added > 0.01 * squares[1]
    widths = [[(arm["ci"][1] - arm["ci"][0]) ** 2 for arm in document["arms"]] for document in (unsure, sure)]
    reach = stdtrit(SIZE - 1.0, 0.975) * 2.0
    for place, mean in enumerate((a, b)):
        more = (widths[0][place] - widths[1][place]) / reach**2
        assert more == pytest.approx(mean**2 * covariance[place, place], rel=1e-6)


def test_a_covariance_must_be_square_and_of_a_ratio() -> None:
    arm = {"n": 9, "sum": 1, "sum_squares": 1, "denominator": {"sum": 9, "sum_squares": 9, "sum_products": 1}}
    spec = {"metric": {"name": "m", "kind": "ratio"}, "arms": [{"name": name, **arm} for name in "ab"]}
    with pytest.raises(ConfigRejected, match="square"):
        parse_spec({**spec, "share_covariance": [[0.0]]}, where="spec")
    with pytest.raises(ConfigRejected, match="no shares"):
        parse_spec(
            {**spec, "metric": {"name": "m", "kind": "mean"}, "share_covariance": [[0.0, 0.0]] * 2}, where="spec"
        )
