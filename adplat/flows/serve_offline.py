"""The decision without the service: the same scorer, the same policies, statistics kept in memory.

For repeating the demo's claims over many seeds, and for policies in a world of their own. The statistics move
between batches, as they do between two looks of a replica.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np

from adplat.bandit import Context, Knowledge, Policy
from adplat.ctr import Scorer
from adplat.domain import ArmStatistics, Event, EventKind, of_click, of_impression
from adplat.features import ItemBlock, UserVector, fold_history, item_hash
from adplat.flows.play_public import Shown
from adplat.simulator import PlayRequest
from adplat.statistics import Float64


class Predictor(Protocol):
    """What says how likely a click is."""

    def p_ctr(self, request: PlayRequest) -> Float64:
        """``(n,)`` of the request's candidates."""
        ...

    def hear_of_click(self, user_key: str, creative_id: str, at: datetime) -> None:
        """Somebody with a key (or nobody known, when it is empty) clicked."""
        ...


class LevelPredictor:
    """No model: every creative is predicted the same ``rate``."""

    def __init__(self, rate: float) -> None:
        self._rate = rate

    def p_ctr(self, request: PlayRequest) -> Float64:
        """See ``Predictor``."""
        return np.full(len(request.candidates), self._rate)

    def hear_of_click(self, user_key: str, creative_id: str, at: datetime) -> None:
        """See ``Predictor``: nothing to learn."""


class BundlePredictor:
    """A bundle's scorer. ``items`` must hold every candidate, ``users`` everybody with a key."""

    def __init__(self, scorer: Scorer, items: ItemBlock, users: Mapping[str, UserVector]) -> None:
        self._scorer, self._items, self._users = scorer, items, dict(users)
        self._row_of = {creative_id: row for row, creative_id in enumerate(items.ids, start=1)}

    def p_ctr(self, request: PlayRequest) -> Float64:
        """See ``Predictor``."""
        rows = np.array([self._row_of[creative_id] for creative_id in request.candidates], dtype=np.int32)
        user = self._users.get(request.user_key)
        inputs = self._scorer.encoding.candidate_rows(user, request.context, self._items, rows)
        return self._scorer.score(inputs, self._items).p_ctr

    def hear_of_click(self, user_key: str, creative_id: str, at: datetime) -> None:
        """See ``Predictor``: the click enters the user's histories."""
        if not user_key:
            return
        user = self._users[user_key]
        for sequence, feature in enumerate(self._scorer.encoding.layout.sequences):
            if feature.outcome == EventKind.CLICK:
                user = fold_history(user, sequence, item_hash(creative_id), int(at.timestamp()))
        self._users[user_key] = user


class OfflineAdServer:
    """An ``AdServer`` in this process."""

    def __init__(self, predictor: Predictor, policies: Mapping[str, Policy], rng: np.random.Generator) -> None:
        self._predictor, self._policies, self._rng = predictor, policies, rng
        self._open: dict[str, tuple[str, str, float]] = {}  # decision → creative, user, pCTR
        self.arms: dict[str, ArmStatistics] = defaultdict(ArmStatistics)

    def rank(self, requests: Sequence[PlayRequest], policies: Sequence[str]) -> list[Shown]:
        """Score, choose and remember each request."""
        return [self._rank(request, policy) for request, policy in zip(requests, policies, strict=True)]

    def report(self, events: Sequence[Event]) -> None:
        """Fold what happened into arms and histories, and let the policies know."""
        for event in events:
            creative_id, user_key, p_ctr = self._open[event.decision_id]
            if event.kind is EventKind.IMPRESSION:
                self.arms[creative_id] += of_impression(p_ctr, event.ts)
            elif event.kind is EventKind.CLICK:
                self.arms[creative_id] += of_click(p_ctr, None, event.ts, event.ts)
                self._predictor.hear_of_click(user_key, creative_id, event.ts)
        known = Knowledge.of(self.arms, max(event.ts for event in events)) if events else Knowledge.of(self.arms)
        self._policies = {name: policy.update(known) for name, policy in self._policies.items()}

    def _rank(self, request: PlayRequest, policy: str) -> Shown:
        p_ctr = self._predictor.p_ctr(request)
        choice = self._policies[policy].choose(Context(p_ctr), request.candidates, self._rng)
        first = int(choice.order[0])
        creative_id = request.candidates[first]
        self._open[request.request_id] = (creative_id, request.user_key, float(p_ctr[first]))
        return Shown(request.request_id, creative_id, float(choice.propensities[first]), float(p_ctr[first]))
