"""Playing the public: halves by user, events for what happened, regret against the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from adplat.domain import Event, EventKind
from adplat.flows.play_public import BANDIT, PlayLog, Shown, play_public
from adplat.simulator import PlayRequest, PublicWorld, World, WorldConfig, build_world

REQUESTS = 1500


class Clairvoyant:
    """Shows the truly best creative where the bandit is asked for, a random one elsewhere."""

    def __init__(self, public: PublicWorld) -> None:
        self.public, self.rng = public, np.random.default_rng(0)
        self.events: list[Event] = []
        self.policy_of: dict[str, set[str]] = {}

    def rank(self, requests: Sequence[PlayRequest], policies: Sequence[str]) -> list[Shown]:
        return [self._rank(request, policy) for request, policy in zip(requests, policies, strict=True)]

    def report(self, events: Sequence[Event]) -> None:
        self.events += events

    def _rank(self, request: PlayRequest, policy: str) -> Shown:
        if request.user_key:
            self.policy_of.setdefault(request.user_key, set()).add(policy)
        truth = self.public.true_click_probability(request, request.candidates)
        place = int(truth.argmax()) if policy == BANDIT else int(self.rng.integers(len(truth)))
        return Shown(request.request_id, request.candidates[place], 0.5, float(truth[place]))


@pytest.fixture(scope="module")
def world() -> World:
    sizes = {"advertisers": 3, "campaigns_per_advertiser": 1, "creatives_per_campaign": 6, "users": 200}
    return build_world(WorldConfig("play", date(2026, 9, 7), days=3, impressions=1000, **sizes))


@pytest.fixture(scope="module")
def played(world: World) -> tuple[PlayLog, Clairvoyant]:
    public = world.public(3)
    server = Clairvoyant(public)
    seen: list[int] = []
    rng = np.random.default_rng(1)
    # One at a time: within a batch a person may tire of a creative between the answer and the look.
    log = play_public(public, server, REQUESTS, rng, lambda done, total, what: seen.append(done), batch=1)
    assert seen[-1] == REQUESTS
    return log, server


def test_half_of_the_users_meet_the_bandit_and_stay_with_it(played: tuple[PlayLog, Clairvoyant]) -> None:
    log, server = played
    assert all(len(policies) == 1 for policies in server.policy_of.values())
    assert 0.4 < log.arm(bandit=True).mean() < 0.6
    assert log.arm(bandit=True).sum() + log.arm(bandit=False).sum() == REQUESTS


def test_everything_that_happened_is_reported_once(played: tuple[PlayLog, Clairvoyant]) -> None:
    log, server = played
    kinds = Counter(event.kind for event in server.events)
    assert kinds[EventKind.IMPRESSION] == REQUESTS
    assert kinds[EventKind.CLICK] == sum(log.clicked)
    assert kinds[EventKind.CONVERSION] == sum(log.converted)
    assert len({event.event_id for event in server.events}) == len(server.events) == log.events_sent


def test_who_knows_the_truth_has_no_regret_and_random_has(played: tuple[PlayLog, Clairvoyant]) -> None:
    log, _ = played
    assert log.regret(bandit=True)[-1] == pytest.approx(0.0, abs=1e-9)
    assert log.regret(bandit=False)[-1] > 1.0
    assert (np.diff(log.regret(bandit=False)) >= -1e-12).all()
    assert log.difference().value == pytest.approx(
        log.clicks(bandit=True)[0] / log.clicks(bandit=True)[1]
        - log.clicks(bandit=False)[0] / log.clicks(bandit=False)[1]
    )
