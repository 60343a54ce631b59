"""Delays seen are too short; the model finds what they would be without the end of the log."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from adplat.ctr.delay_model import DelayModel

HOUR_S, DAY_S = 3600.0, 86_400.0
WINDOW_S = 5 * DAY_S
MEANS_S = np.array([1.0, 8.0, 90.0]) * HOUR_S  # by group; row 0 belongs to unknown values
Float64 = npt.NDArray[np.float64]


def truth(ages_s: Float64, group: int) -> Float64:
    """An exponential delay, given that it lies within the window."""
    return np.asarray((1 - np.exp(-ages_s / MEANS_S[group])) / (1 - np.exp(-WINDOW_S / MEANS_S[group])))


def arrivals(count: int = 8000, seed: int = 0) -> tuple[Float64, Float64, npt.NDArray[np.int32]]:
    rng = np.random.default_rng(seed)
    group = rng.integers(1, 3, count)
    u = rng.random(count) * (1 - np.exp(-WINDOW_S / MEANS_S[group]))
    delays, ages = -MEANS_S[group] * np.log1p(-u), rng.uniform(0, 7 * DAY_S, count)
    came = delays <= ages
    return delays[came], ages[came], group[came, None].astype(np.int32)


def test_the_share_of_each_group_is_found_in_spite_of_the_cut() -> None:
    model = DelayModel.fit(*arrivals(), WINDOW_S)
    ages = np.array([1, 6, 24, 48, 96]) * HOUR_S
    for group in (1, 2):
        told = model.seen_share(ages, np.full((5, 1), group, np.int32))
        np.testing.assert_allclose(told, truth(ages, group), atol=0.05)


def test_plain_shares_of_what_was_seen_would_be_wrong() -> None:
    delays, _, group = arrivals()
    naive = np.mean(delays[group[:, 0] == 2] <= 24 * HOUR_S)
    assert naive > truth(np.array([24 * HOUR_S]), 2)[0] + 0.05


def test_the_share_grows_with_age_and_ends_at_one() -> None:
    model = DelayModel.fit(*arrivals(2000), WINDOW_S)
    ages = np.linspace(0, 8 * DAY_S, 200)
    told = model.seen_share(ages, np.ones((200, 1), np.int32))
    assert (np.diff(told) >= 0).all()
    assert 0 < told[0] < 0.01
    assert told[-1] == 1.0


def test_a_value_never_met_waits_like_everybody() -> None:
    model = DelayModel.fit(*arrivals(), WINDOW_S)
    ages = np.array([24 * HOUR_S])
    slow, fast, new = (model.seen_share(ages, np.array([[group]], np.int32))[0] for group in (2, 1, 77))
    assert slow < new < fast


def test_very_few_conversions_correct_nothing() -> None:
    delays, ages, groups = (part[:5] for part in arrivals())
    told = DelayModel.fit(delays, ages, groups, WINDOW_S).seen_share(np.array([60.0]), groups[:1])
    assert told[0] > 0.99


def test_a_model_comes_back_from_its_file(tmp_path: Path) -> None:
    model, ages = DelayModel.fit(*arrivals(2000), WINDOW_S), np.linspace(0, 8 * DAY_S, 50)
    model.save(tmp_path / "delays.safetensors")
    groups = np.arange(50, dtype=np.int32)[:, None] % 4
    again = DelayModel.load(tmp_path / "delays.safetensors")
    assert np.array_equal(again.seen_share(ages, groups), model.seen_share(ages, groups))
