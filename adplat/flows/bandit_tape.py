"""One run that every policy plays alike: who asks when, which creatives live then, and what each would have got.

Clicks are fixed beforehand for every creative that might be shown, so that players differ by what they choose and by
nothing else. Letters: ``W`` warm-up decisions, ``T`` decisions, ``A`` live arms, ``C`` creatives of the campaign.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from adplat.bandit import Context, Knowledge, Policy, choose_many
from adplat.domain import ArmStatistics, of_click, of_impression
from adplat.flows.bandit_worlds import BanditWorld
from adplat.statistics import Float64

Int64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]
LIVE = 20
KNOWN_AT_START = 10
LEARNING_BATCH = 64
BEGUN = datetime(2026, 9, 17, tzinfo=UTC)
BETWEEN = timedelta(seconds=30)


@dataclass(frozen=True, eq=False)
class Tape:
    """Arms are rows of the campaign's creatives; ``asked`` are rows of the world's opportunities.

    Args:
        truth: ``(P, C)`` known click probabilities.
        p_ctr: ``(P, C)`` what players are told; see ``shuffled``.
        vectors: ``(C, d)``.
        users: ``(P, U)``.
        warm_asked, warm_arm, warm_clicked: ``(W,)`` the log that everybody starts from, shown at random.
        asked: ``(T,)``.
        live: ``(T, A)`` arms on offer; an arm keeps its place while it lives.
        clicked: ``(T, A)`` what would come of showing it.
    """

    truth: Float64
    p_ctr: Float64
    vectors: Float64
    users: Bool
    warm_asked: Int64
    warm_arm: Int64
    warm_clicked: Bool
    asked: Int64
    live: Int64
    clicked: Bool

    def __len__(self) -> int:
        return len(self.asked)

    def chances(self) -> Float64:
        """``(T, A)`` true click probabilities of what is on offer."""
        return self.truth[self.asked[:, None], self.live]

    def regret(self, places: Int64) -> Float64:
        """``(T,)`` expected clicks lost by each choice, ``(T,)`` places among the live, to the best on offer."""
        chances = self.chances()
        lost: Float64 = chances.max(axis=1) - chances[np.arange(len(self)), places]
        return lost


def tape_of(world: BanditWorld, seed: int, decisions: int, warm_up: int) -> Tape:
    """A run in one of the world's campaigns: of its creatives half are in the warm-up's log.

    Play begins with some of those and as many that nobody has seen; then the eldest retires and a new one comes in
    its place, evenly over the run.
    """
    rng = np.random.default_rng([seed, 11])
    campaigns = np.unique(world.campaign)
    mine = rng.permutation(np.flatnonzero(world.campaign == campaigns[seed % len(campaigns)]))
    truth = world.truth[:, mine]
    warm_asked = rng.integers(len(truth), size=warm_up)
    warm_arm = rng.integers(LIVE, size=warm_up)
    asked = rng.integers(len(truth), size=decisions)
    live = _rota(len(mine), decisions)
    chances = truth[asked[:, None], live]
    return Tape(
        truth=truth,
        p_ctr=world.p_ctr[:, mine],
        vectors=world.vectors[mine],
        users=world.users,
        warm_asked=warm_asked,
        warm_arm=warm_arm,
        warm_clicked=rng.random(warm_up) < truth[warm_asked, warm_arm],
        asked=asked,
        live=live,
        # One number a decision: what would have been clicked does not hang on the place.
        clicked=rng.random((decisions, 1)) < chances,
    )


def shuffled(tape: Tape, seed: int) -> Tape:
    """The same run with a useless model: each creative is predicted to do what another one is.

    The predictions are the same numbers, in the warm-up's log too; vectors stay with their creatives.
    """
    order = np.random.default_rng([seed, 13]).permutation(tape.p_ctr.shape[1])
    turned = np.empty_like(order)
    turned[order] = np.roll(order, 1)  # one circle through all: nobody keeps its own
    return replace(tape, p_ctr=tape.p_ctr[:, turned])


def _rota(creatives: int, decisions: int) -> Int64:
    """``(T, A)``: arms 0 to 19 are those of the warm-up's log."""
    fresh = list(range(LIVE, creatives))
    arms = [*range(KNOWN_AT_START), *fresh[: LIVE - KNOWN_AT_START]]
    coming = fresh[LIVE - KNOWN_AT_START :]
    live = np.empty((decisions, LIVE), dtype=np.int64)
    edges = np.linspace(0, decisions, len(coming) + 2).astype(np.int64)
    for change, (start, end) in enumerate(pairwise(edges)):
        if change:
            arms[(change - 1) % LIVE] = coming[change - 1]
        live[start:end] = arms
    return live


def play_tape(tape: Tape, policy: Policy, rng: np.random.Generator, batch: int = LEARNING_BATCH) -> Int64:
    """``(T,)`` places drawn among the live; statistics move every ``batch`` decisions, as they do in service."""
    arms = _warm_arms(tape)
    knowledge = Knowledge.of(arms, BEGUN)
    places = np.empty(len(tape), dtype=np.int64)
    for start in range(0, len(tape), batch):
        policy = policy.update(knowledge)
        rows = range(start, min(start + batch, len(tape)))
        contexts, offers = asked_of(tape, rows)
        places[start : rows.stop] = choose_many(policy, contexts, offers, rng).first
        knowledge = _learned(knowledge, arms, tape, rows, places)
    return places


def asked_of(tape: Tape, rows: range) -> tuple[list[Context], list[list[str]]]:
    """What is asked in these decisions: contexts, and creatives' names, one list for as long as the same ones live."""
    names = _names(tape)
    offers: dict[bytes, list[str]] = {}
    for row in rows:
        live = tape.live[row]
        if live.tobytes() not in offers:
            offers[live.tobytes()] = [names[arm] for arm in live]
    contexts = [
        Context(tape.p_ctr[tape.asked[row], tape.live[row]], vectors=tape.vectors[tape.live[row]]) for row in rows
    ]
    return contexts, [offers[tape.live[row].tobytes()] for row in rows]


def known_after_warm_up(tape: Tape) -> Knowledge:
    """What the log that everybody starts from tells."""
    return Knowledge.of(_warm_arms(tape), BEGUN)


def _warm_arms(tape: Tape) -> dict[str, ArmStatistics]:
    names = _names(tape)
    arms: dict[str, ArmStatistics] = defaultdict(ArmStatistics)
    for row, (asked, arm) in enumerate(zip(tape.warm_asked, tape.warm_arm, strict=True)):
        moment = BEGUN - BETWEEN * (len(tape.warm_arm) - row)
        arms[names[arm]] += _told(float(tape.p_ctr[asked, arm]), moment, clicked=bool(tape.warm_clicked[row]))
    return arms


def _learned(knowledge: Knowledge, arms: dict[str, ArmStatistics], tape: Tape, rows: range, places: Int64) -> Knowledge:
    names, changed = _names(tape), set()
    for row in rows:
        arm = tape.live[row, places[row]]
        p_ctr = float(tape.p_ctr[tape.asked[row], arm])
        arms[names[arm]] += _told(p_ctr, BEGUN + BETWEEN * row, clicked=bool(tape.clicked[row, places[row]]))
        changed.add(names[arm])
    return knowledge.with_arms({name: arms[name] for name in changed}, BEGUN + BETWEEN * rows[-1])


def _names(tape: Tape) -> list[str]:
    return [f"c{arm}" for arm in range(tape.p_ctr.shape[1])]


def _told(p_ctr: float, moment: datetime, *, clicked: bool) -> ArmStatistics:
    shown = of_impression(p_ctr, moment)
    return shown + of_click(p_ctr, None, moment, moment) if clicked else shown
