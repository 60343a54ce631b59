"""Play simulated people against an ad server: half of them meet the bandit, half meet random creatives."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import numpy as np
import numpy.typing as npt

from adplat.domain import Event, EventKind, Interval, Progress
from adplat.simulator import PlayRequest, PublicWorld
from adplat.statistics import newcombe_difference, relative_lift_interval

BANDIT, RANDOM = "thompson-with-prior", "uniform"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the server answered: the creative in the first place, how likely it was to get there, its pCTR."""

    decision_id: str
    creative_id: str
    propensity: float
    p_ctr: float


class AdServer(Protocol):
    """What the public talks to: the HTTP service, or the same parts without it."""

    def rank(self, requests: Sequence[PlayRequest], policies: Sequence[str]) -> list[Shown]:
        """One answer per request, in order."""
        ...

    def report(self, events: Sequence[Event]) -> None:
        """Tell what happened; returns when all of it is kept."""
        ...


@dataclass
class PlayLog:
    """What was shown and what came of it, one entry a request, in order.

    ``true_chosen``, ``true_best`` and ``true_mean`` are the known click probabilities of the creative shown, of
    the best and of the average candidate, fatigue included.
    """

    is_bandit: list[bool] = field(default_factory=list)
    creative_ids: list[str] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    propensities: list[float] = field(default_factory=list)
    p_ctr: list[float] = field(default_factory=list)
    clicked: list[bool] = field(default_factory=list)
    converted: list[bool] = field(default_factory=list)
    true_chosen: list[float] = field(default_factory=list)
    true_best: list[float] = field(default_factory=list)
    true_mean: list[float] = field(default_factory=list)
    events_sent: int = 0

    def __len__(self) -> int:
        return len(self.clicked)

    def arm(self, *, bandit: bool) -> npt.NDArray[np.bool_]:
        """(n,) true where the request met the bandit (or random creatives)."""
        return np.array([met == bandit for met in self.is_bandit], dtype=np.bool_)

    def clicks(self, *, bandit: bool) -> tuple[int, int]:
        """Clicks and impressions of one half."""
        mine = self.arm(bandit=bandit)
        return int(np.array(self.clicked)[mine].sum()), int(mine.sum())

    def difference(self) -> Interval:
        """Click rate of the bandit minus that of random (Newcombe)."""
        return newcombe_difference(*self.clicks(bandit=True), *self.clicks(bandit=False))

    def lift(self) -> Interval:
        """Relative lift of the bandit over random."""
        return relative_lift_interval(*self.clicks(bandit=True), *self.clicks(bandit=False))

    def regret(self, *, bandit: bool) -> npt.NDArray[np.float64]:
        """Cumulative expected clicks lost to the best candidate, request by request of this half."""
        mine = self.arm(bandit=bandit)
        return np.cumsum(np.array(self.true_best)[mine] - np.array(self.true_chosen)[mine])


def play_public(
    public: PublicWorld,
    server: AdServer,
    requests: int,
    rng: np.random.Generator,
    progress: Progress,
    *,
    salt: str = "",
    batch: int = 64,
    policies: tuple[str, str] = (BANDIT, RANDOM),
) -> PlayLog:
    """Play ``requests`` requests and report every impression, click and conversion back.

    Who meets the bandit is decided per user (per request without a key) by a salted hash, so that a person's
    fatigue stays in one half; ``policies`` names that of each half. Cost: linear in requests; one call of ``rank``
    and one of ``report`` a batch.
    """
    log = PlayLog()
    while len(log) < requests:
        asked = public.next_requests(min(batch, requests - len(log)))
        halves = [_meets_bandit(request, salt) for request in asked]
        answers = server.rank(asked, [policies[0] if bandit else policies[1] for bandit in halves])
        events: list[Event] = []
        for request, bandit, shown in zip(asked, halves, answers, strict=True):
            events += _react(public, request, shown, bandit, log, rng)
        server.report(events)
        log.events_sent += len(events)
        progress(len(log), requests, "playing requests")
    return log


def _meets_bandit(request: PlayRequest, salt: str) -> bool:
    who = request.user_key or request.request_id
    return hashlib.blake2b(f"{salt}|{who}".encode(), digest_size=1).digest()[0] % 2 == 0


def _react(
    public: PublicWorld, request: PlayRequest, shown: Shown, bandit: bool, log: PlayLog, rng: np.random.Generator
) -> list[Event]:
    truth = public.true_click_probability(request, request.candidates)
    reaction = public.react(request, shown.creative_id, rng)
    log.is_bandit.append(bandit)
    log.creative_ids.append(shown.creative_id)
    log.times.append(request.ts)
    log.propensities.append(shown.propensity)
    log.p_ctr.append(shown.p_ctr)
    log.clicked.append(reaction.clicked)
    log.converted.append(reaction.conversion is not None)
    log.true_chosen.append(float(truth[request.candidates.index(shown.creative_id)]))
    log.true_best.append(float(truth.max()))
    log.true_mean.append(float(truth.mean()))
    decision = shown.decision_id
    events = [Event(f"{decision}:impression", EventKind.IMPRESSION, decision, request.ts)]
    if reaction.clicked:
        clicked_at = request.ts + timedelta(seconds=3)
        events.append(Event(f"{decision}:click", EventKind.CLICK, decision, clicked_at))
        if reaction.conversion is not None:
            bought = reaction.conversion
            events.append(
                Event(
                    f"{decision}:conversion",
                    EventKind.CONVERSION,
                    decision,
                    clicked_at + timedelta(seconds=bought.delay_s),
                    bought.value_micros,
                    bought.kind,
                )
            )
    return events
