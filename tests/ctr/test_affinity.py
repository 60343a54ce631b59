from __future__ import annotations

import numpy as np

from adplat.ctr.affinity import fit_affinity


def rows(strength: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Users and items of two hidden kinds that like each other by ``strength``, in noise."""
    rng = np.random.default_rng(4)
    user, item = rng.integers(0, 60, 6000), rng.integers(0, 50, 6000)
    kinds = np.where((user % 2) == (item % 2), 1.0, -1.0)
    return user, item, strength * kinds + rng.normal(0, 2.0, 6000), kinds


def test_hidden_kinds_are_found_from_who_liked_what() -> None:
    user, item, residual, kinds = rows(0.8)
    users, items = fit_affinity(user, item, residual, np.full(6000, 0.25), 60, 51, 3, seed=0)
    told = (users[user] * items[item]).sum(1)
    assert np.corrcoef(told, kinds)[0, 1] > 0.9
    assert not items[50].any()  # never shown


def test_pure_noise_is_left_alone() -> None:
    user, item, residual, _ = rows(0.0)
    users, items = fit_affinity(user, item, residual, np.full(6000, 0.25), 60, 50, 3, seed=0)
    assert np.abs((users[user] * items[item]).sum(1)).mean() < 0.1
