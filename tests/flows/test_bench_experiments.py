"""The benchmark of creative tests measures what it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from adplat.data import Lake
from adplat.domain import Interval
from adplat.experiments import analyze, parse_spec
from adplat.flows.analyze_rows import analyze_rows
from adplat.flows.bench_experiments_errors import LOOKS, METRICS
from adplat.flows.bench_experiments_promises import exact_coverage
from adplat.flows.bench_experiments_rows import rows_spec, write_test
from adplat.flows.bench_experiments_speed import many_creatives


def test_exact_coverage_weighs_every_pair_of_counts() -> None:
    def holds_when_equal(one: int, n: int, other: int, m: int) -> Interval:
        assert n == m == 20
        return Interval(0.0, 0.0, 1.0) if one == other else Interval(2.0, 2.0, 3.0)

    expected = (binom.pmf(np.arange(21), 20, 0.3) * binom.pmf(np.arange(21), 20, 0.4)).sum()
    assert exact_coverage(20, 0.3, 0.4, holds_when_equal, 0.0) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("name", list(METRICS))
def test_simulated_arms_grow_from_look_to_look_and_do_not_differ(name: str) -> None:
    batch = 500 if name == "rates" else 20
    control, treatment = METRICS[name](np.random.default_rng(1), (200, batch, LOOKS))
    assert (control.n[:, -1] == batch * LOOKS).all()
    gap = treatment.mean[:, -1] - control.mean[:, -1]
    error = np.sqrt((control.variance[:, -1] + treatment.variance[:, -1]) / (batch * LOOKS))
    z = gap / error
    assert abs(z.mean()) < 0.25
    assert z.std() == pytest.approx(1.0, abs=0.2)


def test_the_many_creatives_are_all_really_compared() -> None:
    for document in many_creatives():
        found = analyze(parse_spec(document, where="bench"))["comparisons"]
        assert len(found) == 1000
        assert all(one["p_value"] is not None and not one["warnings"] for one in found)


def test_the_rows_of_the_bench_are_really_analysed(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    write_test(lake, 20_000, 6_000)
    document = analyze_rows(rows_spec(lake))
    assert document["data"]["rows"] == 20_000
    assert 5_000 < document["data"]["units"] <= 6_000
    (one,) = document["comparisons"]
    assert one["p_value"] is not None
    assert not one["warnings"]
    assert document["decision"]["verdict"] != "invalid"
