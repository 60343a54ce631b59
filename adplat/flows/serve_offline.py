"""The decision without the service: the same scorer, the same policies, statistics kept in memory.

For repeating the demo's claims over many seeds. Requests of a batch are scored in one call; the statistics move
between batches, as they do between two looks of a replica.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from adplat.bandit import Context, Knowledge, Policy
from adplat.ctr import Scorer
from adplat.domain import ArmStatistics, Event, EventKind, of_click, of_impression
from adplat.features import ItemBlock, UserVector, fold_history, item_hash
from adplat.flows.play_public import Shown
from adplat.simulator import PlayRequest


class OfflineAdServer:
    """An ``AdServer`` in this process. ``items`` must hold every candidate, ``users`` everybody with a key."""

    def __init__(
        self,
        scorer: Scorer,
        items: ItemBlock,
        users: Mapping[str, UserVector],
        policies: Mapping[str, Policy],
        rng: np.random.Generator,
    ) -> None:
        self._scorer, self._items, self._users = scorer, items, dict(users)
        self._policies, self._rng = policies, rng
        self._row_of = {creative_id: row for row, creative_id in enumerate(items.ids, start=1)}
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
                self._remember(user_key, creative_id, event)
        known = Knowledge.of(self.arms)
        self._policies = {name: policy.update(known) for name, policy in self._policies.items()}

    def _rank(self, request: PlayRequest, policy: str) -> Shown:
        rows = np.array([self._row_of[creative_id] for creative_id in request.candidates], dtype=np.int32)
        user = self._users.get(request.user_key)
        inputs = self._scorer.encoding.candidate_rows(user, request.context, self._items, rows)
        p_ctr = self._scorer.score(inputs, self._items).p_ctr
        choice = self._policies[policy].choose(Context(p_ctr), request.candidates, self._rng)
        first = int(choice.order[0])
        creative_id = request.candidates[first]
        self._open[request.request_id] = (creative_id, request.user_key, float(p_ctr[first]))
        return Shown(request.request_id, creative_id, float(choice.propensities[first]), float(p_ctr[first]))

    def _remember(self, user_key: str, creative_id: str, event: Event) -> None:
        if user_key:
            user = self._users[user_key]
            for sequence, feature in enumerate(self._scorer.encoding.layout.sequences):
                if feature.outcome == event.kind:
                    user = fold_history(user, sequence, item_hash(creative_id), int(event.ts.timestamp()))
            self._users[user_key] = user
