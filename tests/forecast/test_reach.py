"""How many people a flight can meet: counted within the log, foretold beyond it, withheld for a handful."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adplat.domain import Refusal, Refused, Targeting
from adplat.forecast import OpportunitySample, ReachableUsers, reachable_users
from tests.forecast.opportunities import MONDAY, a_sample

DAY_S = 86_400.0


def visits(
    days: int, people: int, *, mean: float = 0.15, shape: float = 0.6, seed: int = 0, **more: Any
) -> OpportunitySample:
    """Some people come far more often than others: by the day, Poisson around a gamma rate of their own."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(shape, mean / shape, people)
    counts = rng.poisson(rate[None], (days, people))
    day, person = np.repeat(np.indices(counts.shape).reshape(2, -1), counts.ravel(), axis=1)
    moments = MONDAY.timestamp() + day * DAY_S + rng.uniform(0, DAY_S, len(day))
    order = np.argsort(moments)
    return a_sample(
        moments[order],
        person[order],
        data_from=MONDAY,
        data_to=MONDAY + timedelta(days=days, seconds=-1),
        **more,
    )


def told(sample: OpportunitySample, days: int, **more: Any) -> ReachableUsers:
    found = reachable_users(sample, Targeting(), "UTC", days, **more)
    assert isinstance(found, ReachableUsers)
    return found


def distinct(sample: OpportunitySample, k: int = 1) -> int:
    return int(np.count_nonzero(np.bincount(sample.user) >= k))


def test_within_the_log_people_are_counted() -> None:
    sample = visits(28, 6_000)
    found = told(sample, 28)
    assert found.at_least[0] == found.audience == distinct(sample)
    assert found.at_least[4] == distinct(sample, 5)
    assert found.relative_error == 0.0
    week = told(sample, 7)
    in_weeks = [len(np.unique(sample.user[(sample.at_s - MONDAY.timestamp()) // (7 * DAY_S) == w])) for w in range(4)]
    assert week.at_least[0] == pytest.approx(np.mean(in_weeks))


def test_a_sample_of_people_tells_all_of_them_with_its_error() -> None:
    everybody = visits(28, 40_000)
    found = told(visits(28, 4_000, seed=3, rate=0.1), 28)
    assert found.at_least[0] == pytest.approx(distinct(everybody), rel=4 * found.relative_error)
    assert 0.01 < found.relative_error < 0.025


def test_beyond_the_log_reach_grows_as_it_then_does() -> None:
    """Four weeks are known of eight, in which nobody leaves."""
    eight = visits(56, 20_000)
    found = told(eight.until(MONDAY + timedelta(days=28)), 56)
    assert found.extrapolated
    for k in (1, 2, 5, 10):
        assert found.at_least[k - 1] == pytest.approx(distinct(eight, k), rel=0.05)


def test_new_people_who_keep_coming_are_reckoned_with() -> None:
    """Each lives three weeks: reach grows on and on, which no fixed crowd's does."""
    rng = np.random.default_rng(5)
    born = rng.uniform(-21, 56, 20_000)
    day = born[:, None] + rng.uniform(0, 21, (20_000, 4))
    person = np.repeat(np.arange(20_000), 4).reshape(day.shape)
    inside = (day >= 0) & (day < 56)
    order = np.argsort(day[inside])
    sample = a_sample(
        MONDAY.timestamp() + day[inside][order] * DAY_S,
        person[inside][order],
        data_from=MONDAY,
        data_to=MONDAY + timedelta(days=56, seconds=-1),
    )
    found = told(sample.until(MONDAY + timedelta(days=28)), 56)
    assert found.at_least[0] == pytest.approx(distinct(sample), rel=0.12)


@settings(max_examples=25, deadline=None)
@given(days=st.integers(1, 90), seed=st.integers(0, 99), mean=st.sampled_from([0.05, 0.3, 2.0]))
def test_more_often_is_never_more_people_and_longer_never_fewer(days: int, seed: int, mean: float) -> None:
    sample = visits(21, 3_000, mean=mean, seed=seed)
    found = told(sample, days, least_audience=1)
    assert all(fewer <= more + 1e-9 for more, fewer in zip(found.at_least, found.at_least[1:], strict=False))
    assert found.at_least[0] <= found.audience * (1 + 1e-9)
    if days > 21:
        assert found.at_least[0] >= told(sample, 21, least_audience=1).at_least[0] - 1e-9


def test_a_handful_of_people_is_withheld() -> None:
    found = reachable_users(visits(14, 500), Targeting(), "UTC", 7)
    assert isinstance(found, Refused)
    assert found.reason == Refusal.AUDIENCE_BELOW_K
    assert "500" not in found.what


def test_where_people_are_not_known_no_reach_is_told() -> None:
    assert reachable_users(replace(visits(14, 2_000), users=None), Targeting(), "UTC", 7) is None
