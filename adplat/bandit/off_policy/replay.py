"""A policy of this room on a log: which probabilities it would have given, learning from the log as it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from adplat.bandit.off_policy.choice_log import ChoiceLog, Offered, refuse_disorder
from adplat.bandit.off_policy.slot_marginals import slot_marginals
from adplat.bandit.off_policy.target import TargetBlock
from adplat.bandit.policy import Indices, Policy
from adplat.bandit.thompson_without_prior import ThompsonWithoutPrior
from adplat.bandit.uniform import Uniform
from adplat.domain import ArmStatistics, ConfigRejected, Progress
from adplat.statistics import Float64

BLOCK_ROWS = 256
_READS_NO_PREDICTION = (Uniform, ThompsonWithoutPrior)


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
        if offered.p_ctr is None and not isinstance(self.policy, _READS_NO_PREDICTION):
            raise ConfigRejected(
                f"policy {self.policy.name!r} cannot be replayed: it reads a pCTR of every candidate, "
                "and the log has none",
                where="policy",
                hint="use uniform or thompson-without-prior, or give its probabilities in a --policy-table",
            )

        if not isinstance(self.policy, Uniform):
            refuse_disorder(self.log)

    @property
    def chosen(self) -> None:
        """Found among the blocks."""
        return

    def blocks(self, progress: Progress) -> Iterator[TargetBlock]:
        """The probabilities of all pairs, block after block. Cost: a choice a row, or a block where rows are alike."""
        log, offered = self.log, _known(self.log)
        counts = _Counts(log, offered)
        slots = int(log.slots.max()) + 1
        offsets = offered.offsets()
        # The choice that is drawn is thrown away: only the probabilities count, and they do not depend on the draw.
        rng = np.random.default_rng(0)
        for start in range(0, len(log), BLOCK_ROWS):
            stop = min(start + BLOCK_ROWS, len(log))
            arms = counts.before(start)
            alike: dict[int, Float64] = {}
            found = []
            for row in range(start, stop):
                kind = int(offered.set_of[row])
                members = offered.sets[kind]
                if isinstance(self.policy, _READS_NO_PREDICTION):
                    if kind not in alike:
                        unread = np.zeros(len(members))
                        choice = self.policy.choose(unread, [arms[action] for action in members.tolist()], rng)
                        alike[kind] = slot_marginals(choice.propensities, slots)
                    found.append(alike[kind][log.slots[row]])
                    continue
                p_ctr = _slice(offered.p_ctr, offsets, row)
                choice = self.policy.choose(p_ctr, [arms[action] for action in members.tolist()], rng)
                found.append(slot_marginals(choice.propensities, slots)[log.slots[row]])
            progress(stop, len(log), f"replaying {self.policy.name}")
            yield TargetBlock(start, stop, np.concatenate(found))


class _Counts:
    """Sufficient statistics of every action before a row, advanced from block to block."""

    def __init__(self, log: ChoiceLog, offered: Offered) -> None:
        self._log = log
        count = len(log.actions)
        self._shown, self._clicks, self._expected = np.zeros(count, np.int64), np.zeros(count), np.zeros(count)
        self._predicted = None if offered.p_ctr is None else offered.p_ctr[log.chosen_pairs()]
        rewarded = np.flatnonzero(log.rewards > 0.0)
        self._rewarded: Indices = rewarded[np.argsort(log.known_us[rewarded], kind="stable")]
        self._rows = self._rewards = 0

    def before(self, row: int) -> list[ArmStatistics]:
        """What is known when ``row`` is decided; rows must not fall from call to call."""
        log = self._log
        new = slice(self._rows, row)
        np.add.at(self._shown, log.chosen[new], 1)
        if self._predicted is not None:
            np.add.at(self._expected, log.chosen[new], self._predicted[new])
        known = int(np.searchsorted(log.known_us[self._rewarded], log.times_us[row], side="left"))
        fresh = self._rewarded[self._rewards : known]
        np.add.at(self._clicks, log.chosen[fresh], log.rewards[fresh])
        self._rows, self._rewards = row, max(known, self._rewards)
        return [
            ArmStatistics(impressions=int(shown), clicks=int(clicks), expected_clicks=float(expected))
            for shown, clicks, expected in zip(self._shown, self._clicks, self._expected, strict=True)
        ]


def _known(log: ChoiceLog) -> Offered:
    if log.offered is None:
        raise ConfigRejected("the log does not tell what stood for choice", hint="give a --policy-table")
    return log.offered


def _slice(pairs: Float64 | None, offsets: Indices, row: int) -> Float64:
    if pairs is None:
        raise ConfigRejected("the log has no predictions", where="policy", hint="give a --policy-table")
    return pairs[offsets[row] : offsets[row + 1]]
