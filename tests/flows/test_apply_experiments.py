"""What experiments make of a request: candidates held back alike for every arm's sake, and a trace of what was done."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from adplat.domain import (
    Deal,
    Experiment,
    ExperimentArm,
    ExperimentBook,
    ExperimentState,
    Opportunity,
    Slot,
    UserContext,
)
from adplat.flows.apply_experiments import RunningExperiments
from adplat.flows.bid_book import BidBook, Chance
from adplat.flows.rank_creatives import policies_of
from adplat.snapshots import DeploymentPointer, PolicySettings, load_snapshot
from tests.flows.small_shop import NOON, Shop

POLICIES = policies_of(PolicySettings())
PICTURES = Experiment(
    "pictures",
    (ExperimentArm("old", creative_ids=("c1", "c2")), ExperimentArm("new", creative_ids=("c3",))),
    layer="creatives",
    campaign_ids=("k1",),
    state=ExperimentState.RUNNING,
)
LEFT = {"old": ["c1", "c2"], "new": ["c3"]}
CHOOSERS = Experiment(
    "choosers",
    (ExperimentArm("usual"), ExperimentArm("lot", policy="uniform")),
    layer="policies",
    state=ExperimentState.RUNNING,
)
K1, K2 = ("c1", "c2", "c3", "c4"), ("c5", "c6", "c7", "c8")


@pytest.fixture(scope="module")
def book(shop: Shop) -> BidBook:
    pointer = DeploymentPointer(shop.workspace)
    return BidBook.of(load_snapshot(pointer.folder_of(pointer.read())))


def running(book: BidBook, *experiments: Experiment) -> RunningExperiments | None:
    return RunningExperiments.of(ExperimentBook(experiments), book, POLICIES)


def ranked(
    book: BidBook,
    experiments: Sequence[Experiment],
    candidates: Sequence[str],
    user_key: str = "u1",
    *,
    policy_is_open: bool = True,
) -> tuple[list[str], tuple[str, ...], str]:
    """Candidates that stay, exposures, policy."""
    now = running(book, *experiments)
    assert now is not None
    rows = np.array([book.row_of[name] for name in candidates], dtype=np.int32)
    kept, tested = now.on_ranking(user_key, "r1", rows, policy_is_open=policy_is_open)
    left = [name for name, stays in zip(candidates, kept.tolist(), strict=True) if stays]
    return left, tested.exposures, tested.policy


def offered(
    book: BidBook, experiments: Sequence[Experiment], ways: Mapping[str, Sequence[Sequence[str]]], user_key: str = "u1"
) -> dict[str, list[tuple[list[str], dict[str, tuple[tuple[str, ...], str]]]]]:
    """By slot and way: creatives that stay, and by campaign exposures and policy."""
    now = running(book, *experiments)
    assert now is not None
    chances = {
        slot: [
            Chance(Slot(slot, "feed"), Deal("d"), np.array([book.row_of[one] for one in names], dtype=np.int32))
            for names in lists
        ]
        for slot, lists in ways.items()
    }
    campaigns = book.catalogue.campaigns
    return {
        slot: [
            (
                [book.catalogue.creatives[row].creative_id for row in chance.rows.tolist()],
                {campaigns[at].campaign_id: (one.exposures, one.policy) for at, one in chance.tested.items()},
            )
            for chance in found
        ]
        for slot, found in now.on_bid(Opportunity("r1", NOON, (), UserContext(user_key)), chances).items()
    }


def test_an_arm_shows_its_own_creatives_and_leaves_other_campaigns_alone(book: BidBook) -> None:
    seen = set()
    for number in range(40):
        left, (exposure,), policy = ranked(book, [PICTURES], ("c3", "c5", "c2", "c1", "c4"), f"u{number}")
        arm = exposure.removeprefix("pictures:")
        seen.add(arm)
        assert left == [name for name in ("c3", "c5", "c2", "c1", "c4") if name in (*LEFT[arm], "c5")]
        assert policy == ""
    assert seen == {"old", "new"}


def test_bids_and_rankings_deal_a_user_the_same_arm(book: BidBook) -> None:
    for number in range(20):
        left, exposures, _ = ranked(book, [PICTURES], K1, f"u{number}")
        assert offered(book, [PICTURES], {"s": [K1]}, f"u{number}") == {"s": [(left, {"k1": (exposures, "")})]}


@pytest.mark.parametrize("candidates", [("c1", "c2"), ("c3",), ("c4",), ("c1", "c4", "c5"), K2])
def test_where_one_arm_could_show_nothing_nobody_is_restricted_and_nothing_is_told(
    book: BidBook, candidates: tuple[str, ...]
) -> None:
    for number in range(20):
        assert ranked(book, [PICTURES], candidates, f"u{number}") == (list(candidates), (), "")
        assert offered(book, [PICTURES], {"s": [candidates]}, f"u{number}") == {"s": [(list(candidates), {})]}


def test_a_paused_arm_need_not_be_able_to_show_anything(book: BidBook) -> None:
    old, new = PICTURES.arms
    paused = replace(PICTURES, arms=(old, ExperimentArm("more", creative_ids=("c4",)), replace(new, paused=True)))
    assert len(ranked(book, [paused], ("c1", "c4"))[0]) == 1


def test_each_way_into_each_slot_is_judged_by_itself(book: BidBook) -> None:
    found = offered(book, [PICTURES], {"s": [("c1", "c2"), (*K1, "c5")], "t": [K2]})
    [first, second], [third] = found["s"], found["t"]
    assert first == (["c1", "c2"], {})
    assert third == (list(K2), {})
    [arm] = [told[0][0].removeprefix("pictures:") for told in second[1].values()]
    assert second[0] == [*LEFT[arm], "c5"]


def test_who_is_not_in_the_experiment_gets_everything_without_a_trace(book: BidBook) -> None:
    nobody = replace(PICTURES, traffic=0.0)
    assert ranked(book, [nobody], K1) == (list(K1), (), "")
    assert offered(book, [nobody], {"s": [K1]}) == {"s": [(list(K1), {})]}


def test_policies_of_every_campaign_are_tested_beside_the_creatives_of_one(book: BidBook) -> None:
    told = {}
    for number in range(40):
        left, exposures, policy = ranked(book, [PICTURES, CHOOSERS], K1, f"u{number}")
        arms = dict(one.split(":") for one in exposures)
        assert left == LEFT[arms["pictures"]]
        assert policy == ("uniform" if arms["choosers"] == "lot" else "")
        told[tuple(arms.values())] = offered(book, [PICTURES, CHOOSERS], {"s": [(*K1, *K2)]}, f"u{number}")["s"]
        of_k2 = ((f"choosers:{arms['choosers']}",), policy)
        assert told[tuple(arms.values())] == [([*left, *K2], {"k1": (exposures, policy), "k2": of_k2})]
    assert len(told) == 4


def test_one_policy_for_several_campaigns_is_tested_only_where_all_are_of_the_experiment(book: BidBook) -> None:
    narrow = replace(CHOOSERS, campaign_ids=("k1",))
    for number in range(20):
        user = f"u{number}"
        assert ranked(book, [narrow], (*K1, *K2), user) == ([*K1, *K2], (), "")
        assert ranked(book, [narrow], K1, user)[1:] == ranked(book, [CHOOSERS], (*K1, *K2), user)[1:]
        # In bids each campaign's ad has its own choice.
        assert [*offered(book, [narrow], {"s": [(*K1, *K2)]}, user)["s"][0][1]] == ["k1"]


def test_one_policy_for_several_campaigns_needs_every_arm_in_each_of_them(book: BidBook) -> None:
    arms = (
        ExperimentArm("a", creative_ids=("c1", "c5")),
        ExperimentArm("b", creative_ids=("c2", "c6"), policy="uniform"),
    )
    both = replace(PICTURES, arms=arms, campaign_ids=("k1", "k2"))
    for number in range(20):
        user = f"u{number}"
        left, exposures, _ = ranked(book, [both], ("c1", "c2", "c5", "c6"), user)
        assert (len(left), len(exposures)) == (2, 1)
        assert ranked(book, [both], ("c1", "c2", "c5"), user) == (["c1", "c2", "c5"], (), "")


def test_a_neighbour_s_campaign_does_not_bring_another_s_policy_along(book: BidBook) -> None:
    pictures_of_k2 = replace(
        PICTURES,
        arms=(ExperimentArm("old", creative_ids=("c5",)), ExperimentArm("new", creative_ids=("c6",))),
        campaign_ids=("k2",),
    )
    narrow = replace(CHOOSERS, campaign_ids=("k1",))
    for number in range(20):
        _, exposures, policy = ranked(book, [narrow, pictures_of_k2], (*K1, *K2), f"u{number}")
        assert [one.split(":")[0] for one in exposures] == ["pictures"]
        assert policy == ""


def test_a_policy_that_the_caller_names_is_not_tested(book: BidBook) -> None:
    left, exposures, policy = ranked(book, [PICTURES, CHOOSERS], K1, policy_is_open=False)
    assert [one.split(":")[0] for one in exposures] == ["pictures"]
    assert (len(left) < 4, policy) == (True, "")


def test_what_is_not_running_or_not_live_is_not_asked(book: BidBook, caplog: pytest.LogCaptureFixture) -> None:
    assert running(book) is None
    for state in (ExperimentState.DRAFT, ExperimentState.STOPPED, ExperimentState.DECIDED):
        assert running(book, replace(PICTURES, state=state)) is None
    # c9 is paused in the catalogue, and k9 is not there.
    gone = replace(PICTURES, arms=(PICTURES.arms[0], ExperimentArm("new", creative_ids=("c9", "c99"))))
    with caplog.at_level(logging.WARNING):
        assert running(book, gone) is None
        assert running(book, replace(PICTURES, campaign_ids=("k9",))) is None
    assert caplog.text.count("pictures concerns nothing that is live") == 2


def test_an_unknown_policy_costs_that_experiment_and_no_other(book: BidBook, caplog: pytest.LogCaptureFixture) -> None:
    odd = replace(CHOOSERS, arms=(ExperimentArm("usual"), ExperimentArm("lot", policy="luck")))
    assert [one.split(":")[0] for one in ranked(book, [odd, PICTURES], K1)[1]] == ["pictures"]
    assert "no policy luck" in caplog.text
