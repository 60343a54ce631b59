"""How likely an action is to take the second and third slot of a page that is drawn without replacement."""

from __future__ import annotations

import numpy as np

from adplat.domain import ConfigRejected
from adplat.statistics import Float64

MOST_SLOTS = 3


def slot_marginals(shares: Float64, slots: int) -> Float64:
    """P(action ``j`` takes slot ``k``), shape ``(slots, m)``, each row summing to one.

    Slots are drawn one after another from the shares of the actions not yet placed (Plackett 1975; Luce 1959)::

        first   s_j
        second  s_j Σ_{i≠j} s_i / (1 − s_i)
        third   s_j Σ_{i≠j} Σ_{k≠i,j} s_i s_k / ((1 − s_i)(1 − s_i − s_k))

    Exact sums, cost ``m²``. Equal shares stay equal in every slot, however many there are. With fewer actions than
    slots no page can be drawn without replacement: then every slot is a draw of its own. Shares of zero for all but
    one action leave the slots behind it zero.

    Raises:
        ConfigRejected: more than three slots of unequal shares.
    """
    if len(shares) < slots or (len(shares) and np.ptp(shares) == 0.0):
        return np.tile(shares, (slots, 1))
    if slots > MOST_SLOTS:
        raise ConfigRejected(
            f"a page of {slots} slots is not replayed exactly", where="position", hint="use slots 1 to 3 of the log"
        )
    placed = np.zeros((slots, len(shares)))
    placed[0] = shares
    left = 1.0 - shares
    if slots > 1:
        odds = np.divide(shares, left, out=np.zeros_like(shares), where=left > 1e-15)
        placed[1] = shares * (odds.sum() - odds)
    if slots > 2:
        rest = left[:, None] - shares[None, :]
        pair = np.divide(odds[:, None] * shares[None, :], rest, out=np.zeros_like(rest), where=rest > 1e-15)
        np.fill_diagonal(pair, 0.0)
        placed[2] = shares * (pair.sum() - pair.sum(axis=0) - pair.sum(axis=1))
    return np.maximum(placed, 0.0)
