"""Many decisions at once: the choices that a policy would make one after another, for a fraction of their cost.

Letters used in shapes: ``r`` decisions, ``n`` arms of the one with most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from adplat.bandit.choices import Choices, as_columns
from adplat.bandit.drawing import floor_of
from adplat.bandit.knowledge import Knowledge
from adplat.bandit.policy import Bools, Context, Indices, Policy, allowed_arms
from adplat.domain import InternalFault
from adplat.statistics import Float64

Weights = tuple[Float64, Float64]
"""P(best) and posterior mean, ``(r, n)`` each. Where no arm is the first is 0 and the second does not count."""


@dataclass(frozen=True, slots=True)
class Questions:
    """What stands for choice in ``r`` decisions, as columns.

    Args:
        rows: ``(r, n)`` columns of ``Knowledge``; −1 for an arm never shown, and where none is present.
        p_ctr: ``(r, n)`` in [0, 1].
        present: ``(r, n)`` false where no arm is, or a blocked one; ``None``: all are. Every row has one arm or more.
    """

    rows: Indices
    p_ctr: Float64
    present: Bools | None


@runtime_checkable
class WeighsMany(Protocol):
    """A policy that weighs many decisions in one go, and otherwise draws from the exploration floor's shares."""

    @property
    def exploration_floor(self) -> float | None:
        """Least propensity of an arm, capped at ``0.5/m``."""
        ...

    @property
    def known(self) -> Knowledge:
        """The statistics it was updated with."""
        ...

    def weigh_many(self, questions: Questions) -> Weights | None:
        """The weights that ``choose`` would come to, to rounding; ``None``: choose one after another."""
        ...


def choose_many(
    policy: Policy,
    contexts: Sequence[Context],
    arms: Sequence[Sequence[str]],
    rng: np.random.Generator,
    *,
    slots: int = 1,
    blocked: Sequence[Bools | None] | None = None,
) -> Choices:
    """What ``policy.choose`` would choose for each of these, one after another with the same generator.

    The same arms are drawn, and propensities are the same to rounding (1e-12). Decisions need not have the same arms,
    or as many. A page of ads, a log that is replayed, a simulation and a nightly job ask like this. Policies that do
    not weigh many at once (``WeighsMany``) are asked one by one, and so are all where several slots are drawn.

    Args:
        contexts: of ``r`` decisions.
        arms: ``r`` lists of creative ids. Lists that are the same object are looked up once.
        slots, blocked: as in ``choose``; ``blocked`` has one for each decision, or ``None``.

    Raises:
        InternalFault: like ``choose``.
    """
    if len(arms) != len(contexts) or (blocked is not None and len(blocked) != len(contexts)):
        raise InternalFault(f"{len(contexts)} contexts, {len(arms)} lists of arms", hint="give one of each")
    if isinstance(policy, WeighsMany) and slots <= 1:
        found = _choose_at_once(policy, contexts, arms, rng, blocked)
        if found is not None:
            return found
    each = [
        policy.choose(context, names, rng, slots=slots, blocked=None if blocked is None else blocked[place])
        for place, (context, names) in enumerate(zip(contexts, arms, strict=True))
    ]
    return as_columns(each)


def _choose_at_once(
    policy: WeighsMany,
    contexts: Sequence[Context],
    arms: Sequence[Sequence[str]],
    rng: np.random.Generator,
    blocked: Sequence[Bools | None] | None,
) -> Choices | None:
    """One slot each; ``None`` where the policy weighs these one by one."""
    offered = np.array([len(names) for names in arms], dtype=np.int64)
    p_ctr, present = _predictions(contexts, arms, offered, blocked)
    rows = _rows(policy.known, arms, p_ctr.shape[1])
    if present is None and p_ctr.size:
        weighed = policy.weigh_many(Questions(rows, p_ctr, None))
        return None if weighed is None else _drawn(weighed, policy.exploration_floor, None, offered, rng)
    # Where nothing may be shown nothing is drawn.
    asked = np.empty(0, dtype=np.int64) if present is None else np.flatnonzero(present.any(axis=1))
    whole = Choices(
        np.full(p_ctr.shape, -1, dtype=np.int64), np.zeros(p_ctr.shape), np.full((len(offered), 1), np.nan), offered
    )
    if present is None or not len(asked):
        return whole
    # What is blocked has no say in how high predictions are here.
    rows = np.where(present, rows, -1)
    weighed = policy.weigh_many(Questions(rows[asked], p_ctr[asked], present[asked]))
    if weighed is None:
        return None
    part = _drawn(weighed, policy.exploration_floor, present[asked], offered[asked], rng)
    whole.orders[asked], whole.propensities[asked] = part.orders, part.propensities
    whole.slot_propensities[asked] = part.slot_propensities
    return whole


def _predictions(
    contexts: Sequence[Context],
    arms: Sequence[Sequence[str]],
    counts: Indices,
    blocked: Sequence[Bools | None] | None,
) -> tuple[Float64, Bools | None]:
    """``(r, n)`` pCTR and what is present (``None``: all), checked as by ``allowed_arms``. Raises InternalFault."""
    told = [context.p_ctr for context in contexts]
    most = int(counts.max(initial=0))
    joined = np.concatenate(told) if told else np.empty(0)
    fits = joined.ndim == 1 and [len(one) for one in told] == counts.tolist()
    if not fits or (joined.size and not (joined.min() >= 0.0 and joined.max() <= 1.0)) or blocked is not None:
        # One after another: names the decision that is wrong, as it would be alone.
        for place, (context, names) in enumerate(zip(contexts, arms, strict=True)):
            allowed_arms(context, names, None if blocked is None else blocked[place])
    if len(joined) == len(contexts) * most and blocked is None:
        return joined.reshape(len(contexts), most), None
    present = np.arange(most) < counts[:, None]
    p_ctr = np.zeros(present.shape)
    p_ctr[present] = joined
    for place, one in enumerate(blocked or ()):
        if one is not None:
            present[place, : len(one)] &= ~one
    return p_ctr, present


def _rows(known: Knowledge, arms: Sequence[Sequence[str]], most: int) -> Indices:
    """``(r, n)`` columns of ``Knowledge``."""
    kind_of: dict[int, int] = {}
    kinds = [kind_of.setdefault(id(names), place) for place, names in enumerate(arms)]
    distinct = list(kind_of.values())
    table = np.full((len(distinct), most), -1, dtype=np.int64)
    for row, place in enumerate(distinct):
        table[row, : len(arms[place])] = known.rows_of(arms[place])
    where = np.empty(len(arms), dtype=np.int64)
    where[distinct] = np.arange(len(distinct))
    rows: Indices = table[where[kinds]]
    return rows


def _with_floor(weights: Float64, exploration_floor: float | None, present: Bools | None) -> Float64:
    """``with_floor`` of every row."""
    counts = np.full((1, 1), weights.shape[1]) if present is None else present.sum(axis=1, keepdims=True)
    floors = np.array([floor_of(exploration_floor, max(count, 1)) for count in range(weights.shape[1] + 1)])
    floor = floors[counts]
    raised: Float64 = weights * (1.0 - counts * floor)
    raised += floor
    if present is not None:
        raised *= present
    raised /= raised.sum(axis=1, keepdims=True)
    return raised


def _drawn(
    weighed: Weights, exploration_floor: float | None, present: Bools | None, offered: Indices, rng: np.random.Generator
) -> Choices:
    """The first arm of each drawn, the rest behind it by mean: ``with_floor`` and ``draw_order`` of every row."""
    weights, means = weighed
    shares = _with_floor(weights, exploration_floor, present)
    edges = shares.cumsum(axis=1)
    total = edges[:, -1:]
    # As many edges lie at or below the number drawn as there are arms before the one that it falls on.
    drawn = (edges <= rng.random((len(shares), 1)) * total).sum(axis=1, keepdims=True)
    key = -means
    if present is not None:
        key[~present] = np.inf
    np.put_along_axis(key, drawn, -np.inf, axis=1)
    orders = key.argsort(axis=1, kind="stable")
    if present is not None:
        orders[np.arange(shares.shape[1]) >= present.sum(axis=1, keepdims=True)] = -1
    return Choices(orders, shares, np.take_along_axis(shares, drawn, axis=1) / total, offered)
