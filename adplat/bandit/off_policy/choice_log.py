"""A log of choices as arrays, and what makes one unusable: found before anything is computed from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adplat.bandit.policy import Bools, Indices
from adplat.domain import TableRejected
from adplat.statistics import Float64


@dataclass(frozen=True, slots=True, eq=False)
class Offered:
    """Which actions stood for choice in each row. ``M`` pairs, row after row, each row in the order of its set.

    ``p_ctr`` are the click probabilities that the model gave, ``propensities`` those of the logging policy;
    ``None`` where the log does not tell them.
    """

    sets: tuple[Indices, ...]  # distinct sets of actions
    set_of: Indices  # (N,) into ``sets``
    p_ctr: Float64 | None = None  # (M,)
    propensities: Float64 | None = None  # (M,)

    def offsets(self) -> Indices:
        """``(N+1,)``: row ``i`` has the pairs ``offsets[i]`` up to ``offsets[i+1]``."""
        sizes = np.array([len(one) for one in self.sets], dtype=np.int64)[self.set_of]
        return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    def actions(self, start: int, stop: int) -> Indices:
        """The actions of the pairs of rows ``start`` to ``stop``."""
        return np.concatenate([self.sets[number] for number in self.set_of[start:stop].tolist()])


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceLog:
    """``N`` choices: what was known, what was chosen with what probability, what it earned.

    ``slots`` are places of a page that were filled together, from 0; all 0 where a row is a choice of its own.
    ``propensities`` are the probabilities that the chosen action took this very slot. ``categories`` and ``numbers``
    describe the moment and the user, never the chosen action. ``groups`` are people whose rows are not independent.
    """

    row_names: tuple[str, ...]
    actions: tuple[str, ...]
    chosen: Indices  # (N,) into ``actions``
    slots: Indices  # (N,)
    rewards: Float64  # (N,) in [0, 1]
    propensities: Float64  # (N,) in (0, 1]
    times_us: Indices  # (N,) since 1970
    known_us: Indices  # (N,) when the reward was known
    categories: Indices  # (N, F)
    numbers: Float64  # (N, D)
    action_numbers: Float64  # (A, G) facts of the actions
    offered: Offered | None = None
    groups: Indices | None = None  # (N,)

    def __len__(self) -> int:
        return len(self.rewards)

    def chosen_pairs(self) -> Indices:
        """``(N,)`` the pair of each row's chosen action. Raises TableRejected where it did not stand for choice."""
        if self.offered is None:
            raise TableRejected("the log does not tell what stood for choice", hint="log the candidates")
        places = np.full((len(self.offered.sets), len(self.actions)), -1, dtype=np.int64)
        for number, members in enumerate(self.offered.sets):
            places[number, members] = np.arange(len(members))
        place = places[self.offered.set_of, self.chosen]
        _refuse(self, place < 0, "chose an action that is not among its candidates", "mend the candidates of the log")
        pairs: Indices = self.offered.offsets()[:-1] + place
        return pairs


def refuse_unusable(log: ChoiceLog) -> None:
    """Raises TableRejected, naming the first row: too few rows, a propensity outside (0, 1], a reward outside
    [0, 1], a row twice, a choice from outside its candidates.
    """
    if len(log) < 2:
        raise TableRejected(f"the log has {len(log)} rows", where="log", hint="give a log with at least two rows")
    missing = ~np.isfinite(log.propensities)
    _refuse(log, missing, "has no propensity", "log the probability of every choice when it is made")
    _refuse(
        log,
        (log.propensities <= 0.0) | (log.propensities > 1.0),
        "has a propensity outside (0, 1]",
        "log the probability with which the action was chosen",
    )
    _refuse(
        log,
        ~((log.rewards >= 0.0) & (log.rewards <= 1.0)),
        "has a reward outside [0, 1]",
        "give clicks or conversions as 0 and 1",
    )
    _, first = np.unique(np.asarray(log.row_names), return_index=True)
    again = np.ones(len(log), dtype=np.bool_)
    again[first] = False
    _refuse(log, again, "stands in the log twice", "keep one row for each choice")
    if log.offered is not None:
        pairs = log.chosen_pairs()
        if log.offered.propensities is not None:
            told = log.offered.propensities[pairs]
            _refuse(
                log,
                np.abs(told - log.propensities) > 1e-6,
                "has two different propensities of its choice",
                "mend the propensities of the candidates",
            )


def refuse_disorder(log: ChoiceLog) -> None:
    """Raises TableRejected where a time goes back: a policy that learns would see what came later."""
    back = np.diff(log.times_us, prepend=log.times_us[:1]) < 0
    _refuse(log, back, "is earlier than the row before", "sort the log by time")


def _refuse(log: ChoiceLog, bad: Bools, what: str, hint: str) -> None:
    count = int(bad.sum())
    if count:
        name = log.row_names[int(bad.argmax())]
        more = f" ({count - 1:,} more rows like it)" if count > 1 else ""
        raise TableRejected(f"row {name} {what}{more}", where="log", hint=hint)
