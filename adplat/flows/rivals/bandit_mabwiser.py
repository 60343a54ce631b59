"""MABWiser on a tape: its policies with and without contexts; a creative that arrives starts warm from the nearest.

A context there is one for all arms: what is known of user and page, the predictions of all arms on offer, or both.
Where the policy takes contexts, ``warm_start`` tells creatives apart by their vectors and mean prediction.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from mabwiser.mab import MAB, LearningPolicy

BATCH = 32
_POLICIES: dict[str, Any] = {
    "lin_ts": LearningPolicy.LinTS,
    "lin_ucb": LearningPolicy.LinUCB,
    "thompson": LearningPolicy.ThompsonSampling,
    "ucb1": LearningPolicy.UCB1,
}


class MabwiserPlayer:
    """``settings``: ``policy``, what it takes (``told``), ``context`` (``users``, ``predictions``, ``both``)."""

    def __init__(self, tape: dict[str, np.ndarray], settings: dict[str, Any], seed: int) -> None:
        self._tape, self._settings = tape, settings
        self._contextual = settings["policy"].startswith("lin_")
        first = np.unique(tape["warm_arm"]).tolist()
        self._row = -BATCH
        self._mab = MAB(first, _POLICIES[settings["policy"]](**settings.get("told", {})), seed=seed)
        means = np.log(np.maximum(tape["p_ctr"], 1e-6)).mean(axis=0)
        self._facts = np.column_stack([tape["vectors"], (means - means.mean()) / max(float(means.std()), 1e-9)])

    def warm_up(self) -> None:
        """Fit the log that everybody starts from; its arms stood in the places of their numbers."""
        tape = self._tape
        places = np.broadcast_to(np.arange(tape["live"].shape[1]), (len(tape["warm_asked"]), tape["live"].shape[1]))
        told = self._contexts(tape["warm_asked"], places)
        self._mab.fit(tape["warm_arm"].tolist(), tape["warm_clicked"].astype(int).tolist(), told)

    def play(self) -> np.ndarray:
        """``(T,)`` places. It learns every ``BATCH`` decisions and when the arms on offer change."""
        tape = self._tape
        places = np.empty(len(tape["asked"]), dtype=np.int64)
        start = 0
        while start < len(places):
            live = tape["live"][start]
            self._offer(live)
            end = min(start + BATCH, len(places))
            changes = np.flatnonzero((tape["live"][start:end] != live).any(axis=1))
            end = start + int(changes[0]) if len(changes) else end
            rows = slice(start, end)
            arms = self.chosen(rows)
            places[rows] = [int(np.flatnonzero(live == arm)[0]) for arm in arms]
            clicked = tape["clicked"][np.arange(start, end), places[rows]].astype(int).tolist()
            told = self._contexts(tape["asked"][rows], tape["live"][rows])
            self._mab.partial_fit(arms, clicked, told)
            start = end
        return places

    def chosen(self, rows: slice) -> list[int]:
        """The arms for some decisions that offer the same ones."""
        told = self._contexts(self._tape["asked"][rows], self._tape["live"][rows])
        if told is None:
            return [int(self._mab.predict()) for _ in range(rows.stop - rows.start)]
        found = self._mab.predict(told)
        return [int(arm) for arm in found] if isinstance(found, list) else [int(found)]

    def decide(self, draws: int) -> int:
        """Decide once, propensities counted in ``draws`` predictions; with 0 ``BATCH`` times without them."""
        row = self._row = (self._row + BATCH) % (len(self._tape["asked"]) - BATCH)
        if not draws:
            return len(self.chosen(slice(row, row + BATCH)))
        told = self._contexts(self._tape["asked"][row : row + 1], self._tape["live"][row : row + 1])
        if told is None:
            found = [int(self._mab.predict()) for _ in range(draws)]
        else:
            found = self._mab.predict(np.repeat(told, draws, axis=0))
        np.bincount(np.asarray(found, dtype=np.int64))
        return 1

    def _offer(self, live: np.ndarray) -> None:
        wanted, has = set(live.tolist()), set(self._mab.arms)
        if wanted == has:
            return
        for arm in wanted - has:
            self._mab.add_arm(arm)
        if wanted - has and self._contextual:
            # From the arms that are about to leave as well as from those that stay.
            self._mab.warm_start({arm: self._facts[arm].tolist() for arm in self._mab.arms}, self._settings["quantile"])
        for arm in has - wanted:
            self._mab.remove_arm(arm)

    def _contexts(self, asked: np.ndarray, live: np.ndarray) -> np.ndarray | None:
        if not self._contextual:
            return None
        users = self._tape["users"][asked].astype(np.float64)
        logs = np.log(np.maximum(self._tape["p_ctr"][asked[:, None], live], 1e-6)) - self._tape["log_level"]
        kind = self._settings["context"]
        parts = {"users": [users], "predictions": [logs], "both": [users, logs]}[kind]
        return np.column_stack([np.ones(len(asked)), *parts])
