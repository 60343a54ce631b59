"""A policy of this room on a log: which probabilities it would have given, learning from the log as it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from adplat.bandit.knowledge import Count, Fading, Knowledge, log_p
from adplat.bandit.many import choose_many
from adplat.bandit.off_policy.choice_log import ChoiceLog, Offered, refuse_disorder
from adplat.bandit.off_policy.slot_marginals import slot_marginals
from adplat.bandit.off_policy.target import TargetBlock
from adplat.bandit.policy import Context, Indices, Policy, Reads
from adplat.domain import HALF_LIVES_H, POWERS, ConfigRejected, Progress
from adplat.statistics import Float64

BLOCK_ROWS = 256
_NEVER_LOGGED = {Reads.VECTORS: "a vector of every creative", Reads.VALUES: "what each showing earned"}


@dataclass(frozen=True, slots=True)
class Replay:
    """The policy as it would have behaved had it learned from this log.

    Every ``BLOCK_ROWS`` rows it sees new statistics, as replicas do when they are published: impressions of earlier
    rows, and rewards known before the block begins. A row's own reward never touches its own probability, so the
    weights stay independent of what they weigh. It starts knowing no creative; evaluated is the learning policy, not
    where its learning ends.

    Raises:
        ConfigRejected: the log tells no candidates, or not the predictions that the policy reads.
        TableRejected: the policy learns, and the log is not in order of time.
    """

    policy: Policy
    log: ChoiceLog

    def __post_init__(self) -> None:
        offered = self.log.offered
        if offered is None:
            raise ConfigRejected(
                f"policy {self.policy.name!r} cannot be replayed: the log does not tell what stood for choice",
                where="policy",
                hint="give its probabilities in a --policy-table",
            )
        if offered.p_ctr is None and Reads.PREDICTIONS in self.policy.reads:
            raise ConfigRejected(
                f"policy {self.policy.name!r} cannot be replayed: it reads a pCTR of every candidate, "
                "and the log has none",
                where="policy",
                hint="use uniform or thompson-without-prior, or give its probabilities in a --policy-table",
            )
        for read, what in _NEVER_LOGGED.items():
            if read in self.policy.reads:
                raise ConfigRejected(
                    f"policy {self.policy.name!r} cannot be replayed: it reads {what}, and the log has none",
                    where="policy",
                    hint="use a policy that reads clicks (adplat bandit policies), or give a --policy-table",
                )
        if self.policy.reads:
            refuse_disorder(self.log)

    @property
    def chosen(self) -> None:
        """Found among the blocks."""
        return

    def blocks(self, progress: Progress) -> Iterator[TargetBlock]:
        """The probabilities of all pairs, block after block. Cost: a choice a row, or a block where rows are alike."""
        log, offered = self.log, _known(self.log)
        counts = _Counts(log, offered)
        slots, names = int(log.slots.max()) + 1, log.actions
        offsets = offered.offsets()
        named = [[names[action] for action in members.tolist()] for members in offered.sets]
        # The choice that is drawn is thrown away: only the probabilities count, and they do not depend on the draw.
        rng = np.random.default_rng(0)
        for start in range(0, len(log), BLOCK_ROWS):
            stop = min(start + BLOCK_ROWS, len(log))
            policy = self.policy.update(counts.before(start))
            if Reads.PREDICTIONS in policy.reads:
                contexts = [Context(_slice(offered.p_ctr, offsets, row)) for row in range(start, stop)]
                arms = [named[int(kind)] for kind in offered.set_of[start:stop]]
                shares = [choice.propensities for choice in choose_many(policy, contexts, arms, rng)]
            else:
                # Rows of one set are alike.
                kinds = np.unique(offered.set_of[start:stop]).tolist()
                contexts = [Context(np.zeros(len(named[kind]))) for kind in kinds]
                found = choose_many(policy, contexts, [named[kind] for kind in kinds], rng)
                alike = {kind: choice.propensities for kind, choice in zip(kinds, found, strict=True)}
                shares = [alike[int(kind)] for kind in offered.set_of[start:stop]]
            marginals = [
                slot_marginals(one, slots)[slot] for one, slot in zip(shares, log.slots[start:stop], strict=True)
            ]
            progress(stop, len(log), f"replaying {self.policy.name}")
            yield TargetBlock(start, stop, np.concatenate(marginals))


class _Counts:
    """Sufficient statistics of every action before a row, advanced from block to block."""

    def __init__(self, log: ChoiceLog, offered: Offered) -> None:
        self._log = log
        self._row_of = {name: row for row, name in enumerate(log.actions)}
        self._counts = np.zeros((len(Count), len(log.actions) + 1))
        self._predicted = None if offered.p_ctr is None else offered.p_ctr[log.chosen_pairs()]
        rewarded = np.flatnonzero(log.rewards > 0.0)
        self._rewarded: Indices = rewarded[np.argsort(log.known_us[rewarded], kind="stable")]
        self._rows = self._rewards = 0
        # Sums that fade, as they are at the last row asked about.
        self._faded = np.zeros((len(Fading), len(HALF_LIVES_H), self._counts.shape[1]))
        self._faded_at_us = int(log.times_us[0]) if len(log) else 0

    def before(self, row: int) -> Knowledge:
        """What is known when ``row`` is decided; rows must not fall from call to call."""
        log, counts, predicted = self._log, self._counts, self._predicted
        new = slice(self._rows, row)
        known = int(np.searchsorted(log.known_us[self._rewarded], log.times_us[row], side="left"))
        fresh = self._rewarded[self._rewards : known]
        np.add.at(counts[Count.IMPRESSIONS], log.chosen[new], 1.0)
        np.add.at(counts[Count.CLICKS], log.chosen[fresh], log.rewards[fresh])
        if predicted is not None:
            np.add.at(counts[Count.EXPECTED_CLICKS], log.chosen[new], predicted[new])
            for place, power in enumerate(POWERS, start=Count.POWER_QUARTER):
                np.add.at(counts[place], log.chosen[new], predicted[new] ** power)
            np.add.at(counts[Count.LOG_P_OF_CLICKS], log.chosen[fresh], log.rewards[fresh] * log_p(predicted[fresh]))
        self._fade(int(log.times_us[row]), np.arange(self._rows, row), fresh)
        self._rows, self._rewards = row, max(known, self._rewards)
        # Seen from the begin of their block, sums are what they are.
        return Knowledge(self._row_of, counts.copy(), self._faded.copy())

    def _fade(self, now_us: int, shown: Indices, fresh: Indices) -> None:
        """Bring the fading sums to this moment, with rows that were shown since, and rewards that were known since."""
        log, predicted = self._log, self._predicted
        self._faded *= _fading(np.array([now_us - self._faded_at_us])).T[None]
        self._faded_at_us = now_us
        if predicted is not None:
            weights = _fading(now_us - log.times_us[shown]) * predicted[shown, None]
            np.add.at(self._faded[Fading.EXPECTED_CLICKS].T, log.chosen[shown], weights)
        weights = _fading(now_us - log.times_us[fresh]) * log.rewards[fresh, None]
        np.add.at(self._faded[Fading.CLICKS].T, log.chosen[fresh], weights)


def _fading(ages_us: Indices) -> Float64:
    """``(rows, half-lives)`` what is so old weighs."""
    weights: Float64 = np.exp2(-np.maximum(ages_us, 0)[:, None] / (3.6e9 * np.array(HALF_LIVES_H)))
    return weights


def _known(log: ChoiceLog) -> Offered:
    if log.offered is None:
        raise ConfigRejected("the log does not tell what stood for choice", hint="give a --policy-table")
    return log.offered


def _slice(pairs: Float64 | None, offsets: Indices, row: int) -> Float64:
    if pairs is None:
        raise ConfigRejected("the log has no predictions", where="policy", hint="give a --policy-table")
    return pairs[offsets[row] : offsets[row + 1]]
