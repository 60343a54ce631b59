"""When the planned units will have come, before and after traffic was raised."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from adplat.domain import KeptExperiment
from adplat.flows.expected_end import expected_end
from adplat.flows.manage_experiments import raise_traffic, start_experiment, stop_experiment
from adplat.flows.plan_experiment import plan_with_power
from tests.flows.experiment_rig import NOON, Rig, a_rig, a_setup

DAY_S = 86_400.0


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with a_rig(tmp_path) as made:
        yield made


def kept(rig: Rig) -> KeptExperiment:
    return rig.parts.experiments.find("spring")


def test_twice_the_traffic_takes_half_of_the_time_that_is_left(rig: Rig) -> None:
    rig.running(a_setup(experiment={"traffic": 0.25}, plan={"daily_units": 500}))
    days = kept(rig).setup["planned"]["duration_days"]
    first = expected_end(kept(rig))
    assert first is not None and days > 8
    assert first.at == first.first_at == NOON + timedelta(days=days)
    assert (first.units, first.power) == (kept(rig).setup["planned"]["units"], kept(rig).setup["planned"]["power"])

    rig.clock.advance(2 * DAY_S)
    raise_traffic(rig.parts, "spring", 0.5, "all is well")
    second = expected_end(kept(rig))
    assert second is not None
    assert (second.at - NOON) / timedelta(days=1) == pytest.approx(2 + (days - 2) / 2)
    assert second.units == pytest.approx(500 * (2 + 2 * (days - 2)), abs=4)

    rig.clock.advance(2 * DAY_S)
    raise_traffic(rig.parts, "spring", 1.0, "all is well still")
    third = expected_end(kept(rig))
    assert third is not None
    assert (third.at - NOON) / timedelta(days=1) == pytest.approx(4 + (days - 6) / 4)
    assert third.units == pytest.approx(500 * (2 + 4 + 4 * (days - 4)), abs=4)
    assert first.power < second.power < third.power
    assert third.first_at == first.at


def test_power_is_that_of_a_plan_of_so_many_units_with_the_sequence_that_was_planned(rig: Rig) -> None:
    setup = a_setup(experiment={"traffic": 0.1}, plan={"daily_units": 500})
    rig.running(setup)
    raise_traffic(rig.parts, "spring", 0.2, "from the first moment on")
    end = expected_end(kept(rig))
    assert end is not None
    planned = kept(rig).setup["planned"]
    told = plan_with_power(
        setup["plan"]
        | {"metric": {"name": "ctr", "kind": "ratio"}, "method": "sequential", "correction": "holm"}
        | {"allocation": [1, 1, 1], "units": end.units, "sequential_tuning": planned["sequential_tuning"]},
        where="plan",
    )
    assert end.units == pytest.approx(2 * planned["units"], abs=2)
    assert end.power == pytest.approx(told["power"], abs=1e-3)


def test_a_raise_after_the_planned_end_changes_nothing_of_what_had_come_by_then(rig: Rig) -> None:
    rig.running(a_setup(experiment={"traffic": 0.5}))
    before = expected_end(kept(rig))
    assert before is not None
    rig.clock.advance((before.at - NOON).total_seconds() + DAY_S)
    raise_traffic(rig.parts, "spring", 1.0, "it shall be quick")
    after = expected_end(kept(rig))
    assert after is not None
    assert (after.at, after.units) == (before.at, before.units)
    assert after.power == pytest.approx(before.power, abs=1e-3)


def test_nothing_is_expected_of_what_does_not_run_or_told_no_days(rig: Rig) -> None:
    rig.create(a_setup(experiment={"traffic": 0.0}))
    assert expected_end(kept(rig)) is None
    start_experiment(rig.parts, "spring")
    raise_traffic(rig.parts, "spring", 0.5, "now")
    assert expected_end(kept(rig)) is None, "nobody said how many come of half of them"
    stop_experiment(rig.parts, "spring", "over")
    assert expected_end(kept(rig)) is None
    rig.running(a_setup("summer", plan={"daily_units": None}))
    assert expected_end(rig.parts.experiments.find("summer")) is None
