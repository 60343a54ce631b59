"""A total budget split over campaigns: whole micros that add up, what they bring, and what the last of them cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from adplat.domain import ConfigRejected
from adplat.forecast.arrays import Floats
from adplat.forecast.curve_document import Objective
from adplat.forecast.spend_curve import SpendCurve
from adplat.forecast.split_search import Together, best_split
from adplat.forecast.stacked_curves import StackedCurves


@dataclass(frozen=True, slots=True)
class GroupBounds:
    """What some campaigns get together, in micros."""

    name: str
    members: tuple[str, ...]
    at_least_micros: int = 0
    at_most_micros: int | None = None


@dataclass(frozen=True, slots=True)
class SplitBounds:
    """Bounds in micros by campaign; what is not named is free from 0 to the most that was replayed."""

    at_least_micros: Mapping[str, int]
    at_most_micros: Mapping[str, int]
    groups: Sequence[GroupBounds] = ()


NO_BOUNDS = SplitBounds({}, {})


@dataclass(frozen=True, slots=True)
class BudgetSplit:
    """``spends_micros`` by campaign; with ``unspent_micros`` they are ``budget_micros``.

    ``unspent_micros`` is what no campaign can use: every one is at its bound, at the end of what was replayed, or where
    more brings nothing (of ``profit``: less than it costs). ``outcome`` is the objective's; no split that keeps the
    bounds brings more than ``bound``, on these curves.
    """

    objective: Objective
    budget_micros: int
    unspent_micros: int
    spends_micros: Mapping[str, int]
    outcome: float
    bound: float


def split_budget(
    curves: Mapping[str, SpendCurve], budget_micros: int, objective: Objective, bounds: SplitBounds = NO_BOUNDS
) -> BudgetSplit:
    """The split that brings most on these curves (which count ``objective.metric``).

    Campaigns with the same concave curve and bounds get the same, to a micro. Where curves start S-shaped, one of two
    alike may get all.

    Raises:
        ConfigRejected: no campaign or budget, an unknown name, bounds that cannot be kept.
    """
    names = list(curves)
    if not names:
        raise ConfigRejected("no campaign", where="split", hint="give the forecasts of two campaigns or more")
    if budget_micros < 1:
        raise ConfigRejected(
            f"a budget of {budget_micros} micros",
            where="--budget",
            hint="give micros, 1,000,000 for one of the currency",
        )
    low, high = _bounds(curves, bounds)
    together = _groups(names, bounds.groups, low, high)
    _refuse_too_much(low, together, budget_micros, names, bounds.groups)
    stacked = StackedCurves.of([curves[name] for name in names], objective.cost)
    found = best_split(stacked, low, high, float(budget_micros), together)
    spends = _whole_by_group(found.spends, low, high, together, min(budget_micros, round(float(found.spends.sum()))))
    outcome = outcome_of(curves, dict(zip(names, spends, strict=True)), objective)
    return BudgetSplit(
        objective,
        budget_micros,
        budget_micros - sum(spends),
        dict(zip(names, spends, strict=True)),
        outcome,
        max(found.bound, outcome),
    )


def outcome_of(curves: Mapping[str, SpendCurve], spends_micros: Mapping[str, float], objective: Objective) -> float:
    """What a split brings on these curves: the objective, so less the spend for ``profit``.

    Spend beyond what was replayed brings nothing more, and is not counted as spent: nobody knows that it could be.
    """
    return float(
        sum(
            float(curves[name].outcome(spend)) - objective.cost * min(spend, curves[name].known_to_micros)
            for name, spend in spends_micros.items()
        )
    )


def _bounds(curves: Mapping[str, SpendCurve], bounds: SplitBounds) -> tuple[Floats, Floats]:
    for told, option in ((bounds.at_least_micros, "--at-least"), (bounds.at_most_micros, "--at-most")):
        for name, micros in told.items():
            if name not in curves:
                raise ConfigRejected(
                    f"no campaign {name!r}", where=option, hint=f"there are: {', '.join(map(repr, curves))}"
                )
            if micros < 0:
                raise ConfigRejected(f"{micros} micros for {name!r}", where=option, hint="give 0 or more")
    low = np.array([float(bounds.at_least_micros.get(name, 0)) for name in curves])
    high = np.array(
        [
            float(min(bounds.at_most_micros.get(name, int(curve.known_to_micros)), int(curve.known_to_micros)))
            for name, curve in curves.items()
        ]
    )
    for name, least, most in zip(curves, low, high, strict=True):
        if least > most and name in bounds.at_most_micros and least > bounds.at_most_micros[name]:
            raise ConfigRejected(
                f"{name!r} is to get at least {least:,.0f} and at most {bounds.at_most_micros[name]:,} micros",
                where="--at-least",
                hint="lower the one or raise the other",
            )
        if least > most:
            raise ConfigRejected(
                f"{name!r} is to get at least {least:,.0f} micros, and was replayed up to {most:,.0f}",
                where="--at-least",
                hint="lower it, or forecast this campaign with a larger budget",
            )
    return low, high


def _groups(names: Sequence[str], groups: Sequence[GroupBounds], low: Floats, high: Floats) -> list[Together]:
    seen: set[str] = set()
    found = []
    for group in groups:
        unknown = [name for name in group.members if name not in names]
        twice = [name for name in group.members if name in seen]
        if unknown or twice or not group.members:
            what = f"no campaign {unknown[0]!r}" if unknown else f"{twice[0]!r} is in two groups" if twice else "empty"
            raise ConfigRejected(what, where=f"group {group.name!r}", hint="name campaigns, each in one group at most")
        seen |= set(group.members)
        members = np.array([names.index(name) for name in group.members])
        least = float(group.at_least_micros)
        most = np.inf if group.at_most_micros is None else float(group.at_most_micros)
        own_least, own_most = float(low[members].sum()), float(high[members].sum())
        if least > min(most, own_most) or own_least > most:
            raise ConfigRejected(
                f"at least {max(least, own_least):,.0f} and at most {min(most, own_most):,.0f} micros",
                where=f"group {group.name!r}",
                hint="lower what it must have, or raise what it and its campaigns may have",
            )
        found.append(Together(members, least, most))
    return found


def _refuse_too_much(
    low: Floats, together: Sequence[Together], budget_micros: int, names: Sequence[str], groups: Sequence[GroupBounds]
) -> None:
    needed = float(low.sum()) + sum(max(0.0, group.low - float(low[group.members].sum())) for group in together)
    if needed > budget_micros:
        held = [name for name, least in zip(names, low, strict=True) if least > 0.0]
        held += [f"group {group.name}" for group in groups if group.at_least_micros > 0]
        raise ConfigRejected(
            f"{', '.join(held)} must have {needed:,.0f} micros, and the budget is {budget_micros:,}",
            where="--at-least",
            hint="lower what they must have or raise the budget",
        )


def _whole_by_group(spends: Floats, low: Floats, high: Floats, together: Sequence[Together], total: int) -> list[int]:
    """Groups are rounded first, as wholes, so that rounding a campaign cannot break what its group must have."""
    owner = np.arange(len(spends))
    for group in together:
        owner[group.members] = int(group.members.min())
    heads = np.unique(owner)
    sums, least, most = (np.array([float(part[owner == head].sum()) for head in heads]) for part in (spends, low, high))
    for group in together:
        at = int(np.searchsorted(heads, group.members.min()))
        least[at], most[at] = max(least[at], group.low), min(most[at], group.high)
    found = np.zeros(len(spends), np.int64)
    for head, micros in zip(heads, _whole(sums, least, most, total), strict=True):
        rows = owner == head
        found[rows] = _whole(spends[rows], low[rows], high[rows], micros)
    return [int(micros) for micros in found]


def _whole(spends: Floats, low: Floats, high: Floats, total: int) -> list[int]:
    """Whole micros within the bounds that add up to ``total``; the largest rests are rounded up."""
    whole = np.clip(np.floor(spends), low, high).astype(np.int64)
    rest = spends - whole
    missing = total - int(whole.sum())
    step = 1 if missing > 0 else -1
    while missing:
        order = np.argsort(-step * rest, kind="stable")
        free = [row for row in order if low[row] <= whole[row] + step <= high[row]]
        if not free:
            break
        for row in free[: abs(missing)]:
            whole[row] += step
            rest[row] -= step
            missing -= step
    return [int(micros) for micros in whole]
