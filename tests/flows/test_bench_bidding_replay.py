"""What the figures of the replay say, that they can fail, and that what is asked is as varied as it is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adplat.domain import InternalFault
from adplat.flows.bench_bidding_replay import DEVICES, DOOR_NAMES, figures_of, some_requests

BY_DOOR = dict.fromkeys(DOOR_NAMES, 10)


def a_document(**changes: Any) -> dict[str, Any]:
    return {
        "decisions": 30,
        "rows": {"replayed": 200, "identical": 200, "from_impressions": 120},
        "features": {"differing": {}},
        "scores": {"largest_difference": 3e-8},
        "by_design": {"told_later": 4, "profile_away": 0},
    } | changes


def test_everything_the_same_holds_and_tells_what_differs_by_design() -> None:
    features, scores = figures_of(BY_DOOR, a_document())
    assert (features.figure_id, features.value, features.n, features.holds) == ("bidding.5.features", 1.0, 200, True)
    assert "by design: told_later 4)" in features.what and "Bid 10" in features.what
    assert (scores.figure_id, scores.value, scores.n, scores.holds) == ("bidding.5.scores", 3e-8, 200, True)


def test_one_row_with_another_feature_or_score_does_not_hold() -> None:
    rows = {"replayed": 200, "identical": 199, "from_impressions": 120}
    features, _ = figures_of(BY_DOOR, a_document(rows=rows, features={"differing": {"device": 1}}))
    assert not features.holds and "differing: device;" in features.what
    for largest in (1.1e-5, None):
        assert not figures_of(BY_DOOR, a_document(scores={"largest_difference": largest}))[1].holds


def test_a_silent_door_or_a_lost_decision_is_no_figure() -> None:
    for by_door in (BY_DOOR | {"Bid": 0, "rank": 20}, BY_DOOR | {"Bid": 11}):
        with pytest.raises(InternalFault, match="30 of these decisions"):
            figures_of(by_door, a_document())


def test_requests_are_of_all_kinds() -> None:
    asked = some_requests(["u1", "u2"], 600, np.random.default_rng(5))
    assert {one.device for one in asked} == set(DEVICES)
    assert {type(one.hour) for one in asked} == {int, float, str, type(None)}
    kinds = {one.user_key[:7] for one in asked}
    assert kinds == {"", "unknown", "u1", "u2"} and {one.opted_out for one in asked} == {True, False}
    assert [one.number for one in asked] == list(range(600))
