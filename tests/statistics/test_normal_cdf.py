"""The distribution function against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from adplat.statistics.normal_cdf import CDF_UNIT, density_and_cdf


def told(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return density_and_cdf(CDF_UNIT * z, (np.empty_like(z), np.empty_like(z), np.empty_like(z)))


def test_nine_digits_everywhere() -> None:
    z = np.linspace(-12, 12, 400_001)
    density, cdf = told(z)
    assert np.abs(cdf - ndtr(z)).max() < 4e-10
    assert density == pytest.approx(np.exp(-z * z / 2), abs=1e-15)


def test_it_stays_positive_and_ends_at_one() -> None:
    assert (told(np.linspace(-8, 0, 100_001))[1] > 0).all()
    far = np.array([60.0, 200.0, 1e7])
    assert told(far)[1].tolist() == [1.0] * 3 and told(far)[0].tolist() == [0.0] * 3


def test_the_same_bits_alone_and_among_many() -> None:
    z = np.random.default_rng(1).uniform(-6, 10, 1003)
    assert (told(z)[1] == np.array([told(z[place : place + 1])[1][0] for place in range(len(z))])).all()
