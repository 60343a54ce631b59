"""Runs that all policies play alike: who lives when, what a click hangs on, when a policy learns, what rivals do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pytest

from adplat.bandit import Bools, Choice, Context, Count, Knowledge, Uniform, policy_named
from adplat.flows import bandit_rivals as rivals_module
from adplat.flows.bandit_rivals import BanditRival, bandit_rivals, rival_places
from adplat.flows.bandit_tape import KNOWN_AT_START, LIVE, Tape, known_after_warm_up, play_tape, shuffled, tape_of
from adplat.flows.bandit_worlds import BanditWorld
from adplat.flows.rival_environment import bandit_rivals_lock, rival_python

CREATIVES, PEOPLE = 40, 60


def quiet(done: int, total: int, what: str) -> None:
    """Nobody listens."""


def a_world(seed: int = 1, campaigns: int = 2) -> BanditWorld:
    """Creatives differ fourfold in click rate; the model sees half of that."""
    rng = np.random.default_rng(seed)
    appeal = rng.uniform(0.05, 0.4, campaigns * CREATIVES)
    truth = np.clip(appeal * rng.uniform(0.8, 1.2, (PEOPLE, 1)), 0.0, 0.9)
    users = rng.random((PEOPLE, 4)) < 0.5
    return BanditWorld(
        truth=truth,
        p_ctr=np.sqrt(truth * truth.mean()),
        vectors=np.column_stack([appeal, rng.normal(size=(campaigns * CREATIVES, 2))]),
        users=users,
        names=np.array([f"fact={number}" for number in range(4)]),
        campaign=np.repeat(np.arange(campaigns), CREATIVES),
    )


@pytest.fixture(scope="module")
def tape() -> Tape:
    return tape_of(a_world(), 3, decisions=1100, warm_up=400)


def test_twenty_creatives_live_at_any_time_and_who_retires_never_returns(tape: Tape) -> None:
    assert all(len(set(row)) == LIVE for row in tape.live.tolist())
    assert set(tape.live[0].tolist()) == {*range(KNOWN_AT_START), *range(LIVE, LIVE + LIVE - KNOWN_AT_START)}
    assert set(tape.live[-1].tolist()) - set(tape.live[0].tolist()) == set(range(30, 40))
    for arm in range(CREATIVES):
        there = (tape.live == arm).any(axis=1).astype(int)
        assert np.abs(np.diff(there)).sum() <= 1, "comes once, or goes once"
        assert len(set(np.nonzero(tape.live == arm)[1])) <= 1, "keeps its place"
    changes = np.flatnonzero((np.diff(tape.live, axis=0) != 0).any(axis=1)) + 1
    assert changes.tolist() == [100 * number for number in range(1, 11)]


def test_runs_are_of_one_campaign_and_equal_seeds_are_equal_runs() -> None:
    world = a_world()
    first, again, other = (tape_of(world, seed, 50, 20) for seed in (4, 4, 5))
    assert np.array_equal(first.clicked, again.clicked)
    assert np.array_equal(first.truth, again.truth)
    columns = {tuple(column) for column in first.truth.T}
    assert not columns & {tuple(column) for column in other.truth.T}


def test_clicks_come_at_the_true_rate_and_better_creatives_never_click_less() -> None:
    tape = tape_of(a_world(), 1, decisions=20_000, warm_up=5000)
    assert tape.clicked.mean() == pytest.approx(tape.chances().mean(), abs=0.01)
    assert tape.warm_clicked.mean() == pytest.approx(tape.truth[:, :LIVE].mean(), abs=0.02)
    order = np.argsort(tape.chances(), axis=1)
    sorted_clicks = np.take_along_axis(tape.clicked, order, axis=1).astype(int)
    assert (np.diff(sorted_clicks, axis=1) >= 0).all()


def test_a_useless_model_says_the_same_numbers_of_other_creatives(tape: Tape) -> None:
    wrong = shuffled(tape, 9)
    assert np.array_equal(np.sort(wrong.p_ctr, axis=1), np.sort(tape.p_ctr, axis=1))
    assert all(not np.array_equal(wrong.p_ctr[:, arm], tape.p_ctr[:, arm]) for arm in range(CREATIVES))
    assert np.array_equal(wrong.truth, tape.truth)
    assert np.array_equal(wrong.vectors, tape.vectors)
    assert np.array_equal(wrong.clicked, tape.clicked)


def test_who_knows_the_truth_loses_nothing(tape: Tape) -> None:
    assert tape.regret(tape.chances().argmax(axis=1)).sum() == pytest.approx(0.0)
    worst = tape.regret(tape.chances().argmin(axis=1))
    assert (worst > 0.0).all()


@dataclass(frozen=True)
class Watcher:
    """Chooses the first arm and writes down what it knew."""

    seen: list[tuple[float, float]] = field(default_factory=list)
    known: Knowledge = field(default_factory=Knowledge)
    name: ClassVar[str] = "watcher"

    def update(self, statistics: Knowledge) -> Self:
        return replace(self, known=statistics)

    def choose(
        self,
        context: Context,
        arms: Sequence[str],
        rng: np.random.Generator,
        *,
        slots: int = 1,
        blocked: Bools | None = None,
    ) -> Choice:
        counts = self.known.counts
        self.seen.append((counts[Count.IMPRESSIONS].sum(), counts[Count.CLICKS].sum()))
        shares = np.zeros(len(arms))
        shares[0] = 1.0
        return Choice(np.arange(len(arms)), shares, (1.0,))


def test_a_policy_begins_with_the_log_and_learns_between_batches_only(tape: Tape) -> None:
    watcher = Watcher()
    places = play_tape(tape, watcher, np.random.default_rng(0), batch=64)
    assert (places == 0).all()
    shown = np.array([impressions for impressions, _ in watcher.seen])
    assert shown.tolist() == [400 + 64 * (row // 64) for row in range(len(tape))]
    clicks = tape.warm_clicked.sum() + np.concatenate([[0], np.cumsum(tape.clicked[:, 0])])
    assert [told for _, told in watcher.seen] == [clicks[64 * (row // 64)] for row in range(len(tape))]


def test_the_log_is_told_with_the_predictions_of_its_moments(tape: Tape) -> None:
    known = known_after_warm_up(tape)
    expected = tape.p_ctr[tape.warm_asked, tape.warm_arm].sum()
    assert known.counts[Count.EXPECTED_CLICKS].sum() == pytest.approx(expected)
    assert known.counts[Count.CLICKS].sum() == tape.warm_clicked.sum()


def test_a_policy_that_learns_loses_less_than_one_that_does_not(tape: Tape) -> None:
    def lost(name: str) -> float:
        return float(tape.regret(play_tape(tape, policy_named(name), np.random.default_rng(2))).sum())

    assert lost("thompson-with-prior") < 0.8 * lost(Uniform.name)


class Scribe:
    """A rival's process that always takes the place told in its settings, and counts how often it was asked."""

    asked: ClassVar[int] = 0

    def __init__(self, python: Path, log: Path) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def ask(self, command: str, **told: Any) -> dict[str, Any]:
        Scribe.asked += 1
        with np.load(told["tape"]) as arrays:
            assert "truth" not in arrays.files
            rows = len(arrays["asked"])
        np.save(told["places"], np.full(rows, told["settings"]["place"], dtype=np.uint8))
        return {}


def test_what_a_rival_chose_is_kept_by_settings_tape_and_seed(
    tape: Tape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rivals_module, "RivalProcess", Scribe)
    names = a_world().names

    def asked(place: int, tapes: dict[int, Tape]) -> int:
        before = Scribe.asked
        rival = BanditRival("scribe", "none", {"place": place})
        found = rival_places(Path("python"), [rival], tapes, names, tmp_path)
        assert all((chosen == place).all() for chosen in found.values())
        return Scribe.asked - before

    assert asked(2, {1: tape}) == 1
    assert asked(2, {1: tape}) == 0
    assert asked(3, {1: tape}) == 1
    assert asked(2, {1: shuffled(tape, 1), 2: tape}) == 2


@pytest.mark.slow
def test_the_real_rivals_learn_in_the_environment_built_for_them(tmp_path: Path) -> None:
    python = rival_python(tmp_path / "cache", quiet, bandit_rivals_lock())
    world = a_world()
    tape = tape_of(world, 1, decisions=1500, warm_up=800)
    places = rival_places(python, bandit_rivals(), {1: tape}, world.names, tmp_path)
    random = (tape.chances().max(axis=1) - tape.chances().mean(axis=1)).sum()
    for rival in bandit_rivals():
        assert tape.regret(places[rival.name, 1]).sum() < 0.9 * random, rival.name
