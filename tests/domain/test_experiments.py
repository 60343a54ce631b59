"""An experiment is what it says, and those that run together do not spoil each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from adplat.domain import (
    LAYER_BUCKETS,
    AssignmentUnit,
    BucketRange,
    ConfigRejected,
    Experiment,
    ExperimentArm,
    ExperimentBook,
    alike_arms,
)

A, B = ExperimentArm("a"), ExperimentArm("b")
PICTURES = Experiment(
    "pictures",
    (replace(A, creative_ids=("c1",)), replace(B, creative_ids=("c2",))),
    layer="creatives",
    campaign_ids=("k1",),
)
CHOOSERS = Experiment("choosers", (A, replace(B, policy="uniform")), layer="policies")
LOWER, UPPER = (BucketRange(0, 5_000),), (BucketRange(5_000, LAYER_BUCKETS),)


@pytest.mark.parametrize(
    "fault",
    [
        {"arms": (A,)},
        {"arms": (A, A)},
        {"arms": tuple(ExperimentArm(f"a{number}") for number in range(33))},
        {"arms": (A, replace(B, weight=-1.0))},
        {"arms": (A, replace(B, weight=float("nan")))},
        {"arms": (A, replace(B, weight=float("inf")))},
        {"arms": (replace(A, weight=0.0), replace(B, weight=0.0))},
        {"arms": (A, replace(B, name="b:c"))},
        {"arms": (A, replace(B, name=""))},
        {"experiment_id": "two words"},
        {"layer": "a|b"},
        {"salt": "a|b"},
        {"traffic": 1.5},
        {"traffic": float("nan")},
        {"layer_ranges": ()},
        {"layer_ranges": UPPER + LOWER},
        {"layer_ranges": (BucketRange(0, 10), BucketRange(9, 20))},
        {"campaign_ids": ()},
        {"started_at": datetime(2026, 3, 1)},  # noqa: DTZ001 - the missing zone is the point
    ],
)
def test_what_cannot_be_run_as_it_says_is_refused_with_its_name(fault: dict[str, Any]) -> None:
    with pytest.raises(ConfigRejected) as refused:
        replace(PICTURES, **fault)
    assert str(fault.get("experiment_id", "pictures")) in refused.value.where


@pytest.mark.parametrize(("first", "end"), [(-1, 5), (5, 5), (6, 5), (0, LAYER_BUCKETS + 1)])
def test_a_range_lies_within_its_layer(first: int, end: int) -> None:
    with pytest.raises(ConfigRejected):
        BucketRange(first, end)


@pytest.mark.parametrize(
    "other",
    [
        replace(PICTURES, salt="other", layer="another"),
        replace(PICTURES, experiment_id="more"),
        replace(PICTURES, experiment_id="more", layer_ranges=(BucketRange(9_999, 10_000),)),
        replace(PICTURES, experiment_id="more", layer="another"),
        replace(CHOOSERS, experiment_id="more", salt="pictures"),
    ],
)
def test_two_that_would_spoil_each_other_do_not_run_together(other: Experiment) -> None:
    with pytest.raises(ConfigRejected):
        ExperimentBook((PICTURES, other))


def test_two_units_in_one_layer_are_refused() -> None:
    mine = replace(PICTURES, layer_ranges=LOWER)
    other = replace(mine, experiment_id="more", layer_ranges=UPPER)
    ExperimentBook((mine, other))
    with pytest.raises(ConfigRejected, match="two units"):
        ExperimentBook((mine, replace(other, unit=AssignmentUnit.REQUEST)))


def test_the_free_ranges_of_a_layer_are_those_that_nobody_owns() -> None:
    thirds = (BucketRange(0, 100), BucketRange(4_000, 6_000))
    one = replace(PICTURES, layer_ranges=thirds)
    other = replace(PICTURES, experiment_id="more", layer_ranges=(BucketRange(100, 200),))
    book = ExperimentBook((one, other))
    assert book.free_ranges(one.layer) == (BucketRange(200, 4_000), BucketRange(6_000, LAYER_BUCKETS))
    assert book.free_ranges("another") == (BucketRange(),)
    assert ExperimentBook((replace(one, layer_ranges=(BucketRange(),)),)).free_ranges(one.layer) == ()


def test_two_that_choose_the_policy_of_one_campaign_share_a_layer() -> None:
    narrower = replace(CHOOSERS, experiment_id="more", layer="another", campaign_ids=("k9",))
    with pytest.raises(ConfigRejected, match="policy of one campaign"):
        ExperimentBook((CHOOSERS, narrower))
    ExperimentBook((replace(CHOOSERS, campaign_ids=("k1",)), narrower))


def test_creatives_and_policies_of_one_campaign_are_tested_together() -> None:
    ExperimentBook((PICTURES, CHOOSERS, replace(PICTURES, experiment_id="elsewhere", layer="x", campaign_ids=("k2",))))


@pytest.mark.parametrize("shares", [(1.5, {}), (-0.1, {}), (0.0, {"creatives": 2.0})])
def test_a_holdout_is_a_share(shares: tuple[float, dict[str, float]]) -> None:
    with pytest.raises(ConfigRejected, match="holdout"):
        ExperimentBook((), *shares)


def test_an_exposure_names_experiment_and_arm() -> None:
    assert PICTURES.exposure(PICTURES.arms[1]) == "pictures:b"


def test_arms_are_alike_where_they_show_the_same_chosen_in_the_same_way() -> None:
    other, uniform = replace(B, name="c"), replace(B, name="d", policy="uniform")
    assert alike_arms((A, B)) == [["a", "b"]]
    assert alike_arms((A, uniform, other)) == [["a", "c"]]
    assert alike_arms(PICTURES.arms) == [] and alike_arms(CHOOSERS.arms) == []
    turned = (replace(A, creative_ids=("c1", "c2")), replace(B, weight=3.0, creative_ids=("c2", "c1")))
    assert alike_arms(turned) == [["a", "b"]]
