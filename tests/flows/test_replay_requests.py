"""What was served is what the offline path sees; where it is not, the feature is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from adplat import bootstrap
from adplat.domain import Experiment, ExperimentArm, ExperimentBook, ExperimentState, MissingInput
from adplat.flows.replay_report import ReplayReport
from adplat.storage import EmbeddedValkey
from tests.flows.model_market import ModelMarket
from tests.flows.replay_rig import CLICK, IMPRESSION, ReplayRig

START = datetime(2026, 9, 10, 8, tzinfo=UTC)


@pytest.fixture
def replayed(market: ModelMarket, valkey: EmbeddedValkey, namespace: str, tmp_path: Path) -> ReplayRig:
    settings = bootstrap.read_settings(workspace=tmp_path / "ws", redis_url=valkey.url, namespace=namespace)
    return ReplayRig(market, settings, START)


def moving(rig: ReplayRig, rounds: int = 4) -> None:
    """Both doors, with clicks that are folded in between, so that histories move."""
    for number in range(rounds):
        people = [*rig.users[:12], "never-seen", ""]
        ranked = rig.rank([rig.a_request(user_key, position=number) for user_key in people])
        bids = rig.bid(people)
        shown = [*ranked[::2], *bids[::2]]
        rig.tell(shown, IMPRESSION)
        rig.tell(shown[::2], CLICK, after_s=2.0)
        rig.fold()


def test_everything_is_the_same_both_ways_while_histories_move(replayed: ReplayRig) -> None:
    moving(replayed)
    report = replayed.replay()
    assert report.as_json()["features"]["differing"] == {}
    assert (report.identical_share, report.scores_apart, report.holds) == (1.0, 0, True)
    assert report.largest_score_difference < 1e-6
    assert report.decisions > 100 and 0 < report.shown_rows < report.rows
    logged = replayed.lake.scan("served_features").collect()
    # Histories grew between the rounds, or nothing would have been shown by this.
    lengths = logged["histories"].str.count_matches(r"\[").to_numpy()
    assert logged["histories"].n_unique() > 20 and lengths.max() > lengths.min()


def test_what_experiments_restricted_is_the_same_both_ways(replayed: ReplayRig) -> None:
    creatives = {
        campaign_id: [replayed.snapshot.items.ids[row - 1] for row in rows.tolist()]
        for campaign_id, rows in replayed.snapshot.campaign_rows.items()
    }
    every_second, campaign_ids = tuple(one for ids in creatives.values() for one in ids[::2]), tuple(creatives)
    arms = (ExperimentArm("all"), ExperimentArm("half", creative_ids=every_second, policy="uniform"))
    running = Experiment("half", arms, campaign_ids=campaign_ids, state=ExperimentState.RUNNING)
    replayed.experiments = ExperimentBook((running,))
    moving(replayed, rounds=2)
    report = replayed.replay()
    assert report.as_json()["features"]["differing"] == {}
    assert (report.identical_share, report.scores_apart, report.holds) == (1.0, 0, True)
    told = replayed.lake.scan("impressions").select(pl.col("experiments").list.join(",")).collect().to_series()
    assert {"half:all", "half:half"} <= set(told) <= {"half:all", "half:half", ""}


def test_facts_told_in_odd_ways_are_the_same_both_ways(replayed: ReplayRig) -> None:
    known = replayed.users[0]
    told: list[dict[str, object]] = [
        {"hour": "20"}, {"hour": 20.0}, {"hour": "007"}, {"hour": "noon"}, {"hour": 20.5}, {"hour": "true"},
        {"hour": -1}, {"hour": 10**15}, {"hour": "", "weekday": "3"}, {"device": "  phone "},
        {"device": ""}, {"device": "飞机"},
        {"device": 3.0}, {"position": "4", "placement": "another"}, {"language": "ZH"}, {},
    ]  # fmt: skip
    attributes: list[dict[str, object]] = [
        {}, {"gender": "f"}, {"gender": ""}, {"segments": "tea|books|tea"}, {"segments": "|"},
        {"age_band": 25, "city_tier": "1.0"},
    ]  # fmt: skip
    requests = [
        replayed.a_request(user_key, context=context, attributes=mine)
        for user_key in (known, "never-seen", "")
        for context in told
        for mine in attributes
    ]
    ranked = replayed.rank(requests)
    replayed.tell(ranked[::2], IMPRESSION)
    replayed.fold()
    report = replayed.replay(limit=0)
    assert report.as_json()["features"]["examples"] == {}
    assert report.holds and report.decisions == len(requests) and 0 < report.shown_rows < report.rows


def test_a_wrong_vocabulary_in_the_service_is_found_and_its_feature_named(replayed: ReplayRig) -> None:
    device = replayed.scorer.encoding.vocabularies["device"]
    turned = replace(device, values=device.values[::-1])
    replayed.serve_otherwise(vocabularies={**replayed.scorer.encoding.vocabularies, "device": turned})
    decisions = replayed.rank([replayed.a_request(user_key) for user_key in replayed.users[:6]])
    replayed.fold()
    report = replayed.replay()
    assert not report.holds
    assert set(report.differing) == {"device"}
    [example, *_] = report.examples["device"]
    served, rebuilt = (1 + values.index("phone") for values in (turned.values, device.values))
    assert (example["served"], example["offline"]) == ((served,), (rebuilt,))
    assert example["decision_id"] == decisions[0].decision_id
    assert report.scores_apart == report.rows and report.largest_score_difference > 1e-4


def test_a_shifted_history_is_found(replayed: ReplayRig) -> None:
    user_key = replayed.users[0]
    for _ in range(3):
        [decision] = replayed.rank([replayed.a_request(user_key)])
        replayed.tell([decision], IMPRESSION, CLICK)
        replayed.fold()
    replayed.change_profile(user_key, lambda user: replace(user, history=np.roll(user.history, -1, axis=1)))
    replayed.rank([replayed.a_request(user_key)])
    replayed.fold()
    report = replayed.replay()
    assert set(report.differing) == {"clicked"}
    example = report.examples["clicked"][0]
    assert example["served"][: len(example["offline"]) - 1] == example["offline"][1:]


def test_a_lost_click_is_found_although_other_clicks_may_be_late(replayed: ReplayRig) -> None:
    user_key = replayed.users[0]
    [first] = replayed.rank([replayed.a_request(user_key)])
    replayed.tell([first], IMPRESSION, CLICK)
    replayed.fold()
    replayed.change_profile(
        user_key, lambda user: replace(user, history=0 * user.history, history_time_s=0 * user.history)
    )
    [second] = replayed.rank([replayed.a_request(user_key)])
    replayed.fold()
    report = replayed.replay()
    assert set(report.differing) == {"clicked"}
    assert {one["decision_id"] for one in report.examples["clicked"]} == {second.decision_id}


def test_what_the_catalogue_says_otherwise_is_found(replayed: ReplayRig) -> None:
    decisions = replayed.rank([replayed.a_request(user_key) for user_key in replayed.users[:3]])
    replayed.fold()
    shown = decisions[0].creative_id
    for name, key, who, changes in (
        ("creatives", "creative_id", shown, {"headline": "Something else", "category": "travel"}),
        ("users", "user_key", replayed.users[1], {"gender": "x"}),
    ):
        path = replayed.settings.workspace / "catalogue" / f"{name}.parquet"
        other = [pl.when(pl.col(key) == who).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
                 for column, value in changes.items()]  # fmt: skip
        pl.read_parquet(path).with_columns(other).write_parquet(path)
    report = replayed.replay()
    assert set(report.differing) == {"words", "category", "gender"}
    assert report.differing["gender"] == len(decisions[1].candidates[:8])
    assert {one["creative_id"] for one in report.examples["words"]} == {shown}


def by_design(report: ReplayReport) -> dict[str, int]:
    return {kind.value: count for kind, count in report.by_design.items() if count}


def test_a_click_that_was_not_folded_yet_is_counted_by_itself(replayed: ReplayRig) -> None:
    user_key = replayed.users[0]
    [first] = replayed.rank([replayed.a_request(user_key)])
    replayed.tell([first], IMPRESSION, CLICK)
    replayed.rank([replayed.a_request(user_key)])
    replayed.fold()
    report = replayed.replay()
    assert report.holds
    # The first decision, too: its own click is dated by it, and that is not before it.
    assert by_design(report) == {"not_yet_folded": 1}


def test_a_click_that_came_after_the_decision_is_counted_by_itself(replayed: ReplayRig) -> None:
    user_key = replayed.users[0]
    [first] = replayed.rank([replayed.a_request(user_key)])
    replayed.rank([replayed.a_request(user_key)])
    replayed.tell([first], IMPRESSION, CLICK, after_s=9.0)
    replayed.fold()
    assert (replayed.replay().holds, by_design(replayed.replay())) == (True, {"told_later": 1})


def test_a_click_without_an_impression_is_counted_by_itself(replayed: ReplayRig) -> None:
    user_key = replayed.users[0]
    [first] = replayed.rank([replayed.a_request(user_key)])
    replayed.tell([first], CLICK)
    replayed.fold()
    replayed.rank([replayed.a_request(user_key)])
    replayed.fold()
    assert (replayed.replay().holds, by_design(replayed.replay())) == (True, {"without_impression": 1})


def test_clicks_whose_impressions_come_in_another_order_are_counted_by_themselves(replayed: ReplayRig) -> None:
    user_key = replayed.users[0]
    first, second = replayed.rank(
        [replayed.a_request(user_key), replayed.a_request(user_key, campaign_id=replayed.campaigns[1])]
    )
    assert first.creative_id != second.creative_id
    replayed.tell([second], IMPRESSION, CLICK)
    replayed.tell([first], IMPRESSION, CLICK, after_s=60.0)
    replayed.fold()
    replayed.rank([replayed.a_request(user_key)])
    replayed.fold()
    assert (replayed.replay().holds, by_design(replayed.replay())) == (True, {"told_later": 1, "dated_otherwise": 1})


def test_a_profile_that_may_not_be_read_is_rebuilt_without_it(replayed: ReplayRig) -> None:
    # Somebody of whom a history is known.
    kept = replayed.user_with_history()
    assert replayed.bid([kept], reads_history=False)
    replayed.fold()
    report = replayed.replay()
    assert (report.holds, by_design(report)) == (True, {"profile_withheld": 1})
    logged = replayed.lake.scan("served_features").collect()
    assert set(logged["profile"]) == {"withheld"} and set(logged["histories"]) == {'{"clicked":[]}'}


def test_nothing_is_logged_outside_the_share(replayed: ReplayRig) -> None:
    replayed.share = 0.0
    replayed.rank([replayed.a_request(user_key) for user_key in replayed.users[:4]])
    replayed.bid(replayed.users[:4])
    assert replayed.fold().entries >= 4
    with pytest.raises(MissingInput, match=r"no logged request.*ADPLAT_REPLAY_SHARE"):
        replayed.replay()


def test_a_time_span_and_a_limit_pick_requests(replayed: ReplayRig) -> None:
    decisions = replayed.rank([replayed.a_request(user_key) for user_key in replayed.users[:6]])
    replayed.fold()
    assert replayed.replay(since=decisions[1].ts, until=decisions[4].ts).decisions == 3
    latest = replayed.replay(limit=2)
    assert latest.decisions == 2
    with pytest.raises(MissingInput, match="in this time"):
        replayed.replay(until=decisions[0].ts)


def test_of_two_lone_clicks_of_one_second_the_earlier_explains_what_was_known(replayed: ReplayRig) -> None:
    one, other = replayed.users[:2]
    asked = replayed.a_request(one)
    first, second = replayed.rank([asked, replace(replayed.a_request(other), ts=asked.ts)])
    replayed.tell([first], CLICK)
    replayed.fold()
    replayed.rank([replayed.a_request(one)])
    replayed.tell([second], CLICK)
    replayed.fold()
    assert (replayed.replay().holds, by_design(replayed.replay())) == (True, {"without_impression": 1})
