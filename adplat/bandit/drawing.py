"""From weights to a choice: exploration floor, the draw itself, and the order behind it."""

from __future__ import annotations

import math

import numpy as np

from adplat.bandit.policy import Choice, Indices
from adplat.domain import ConfigRejected
from adplat.statistics import Float64

USUAL_FLOOR = 0.01
USUAL_FLOORS_TOGETHER = 0.02
"""Share of all showings that floors may take which nobody asked for: enough to notice a creative held too low."""
FLOORS_TOGETHER = 0.5


def check_floor(exploration_floor: float | None) -> None:
    """Raises ConfigRejected for a floor outside [0, 1]."""
    if exploration_floor is not None and not 0.0 <= exploration_floor <= 1.0:
        raise ConfigRejected(
            f"exploration floor {exploration_floor} lies outside 0 and 1",
            where="exploration_floor",
            hint="use a small share such as 0.01",
        )


def check_positive(value: float, name: str) -> None:
    """Raises ConfigRejected for a setting that is not a positive finite number."""
    if not (math.isfinite(value) and value > 0.0):
        raise ConfigRejected(f"{name} {value} is not a positive number", where=name, hint="use a number above 0")


def check_share(value: float, name: str) -> None:
    """Raises ConfigRejected for a setting outside [0, 1]."""
    if not 0.0 <= value <= 1.0:
        raise ConfigRejected(f"{name} {value} lies outside 0 and 1", where=name, hint="use a share such as 0.1")


def floor_of(exploration_floor: float | None, count: int) -> float:
    """``f``, the least propensity of each of ``m = count`` arms: as told, up to ``0.5/m``.

    Where nobody tells one it is ``min(0.01, 0.02/m)``. What is shown at random is a price, the same share of all
    clicks at stake for ever, and with a floor per arm it grew with their number: a fifth of the traffic of twenty.
    """
    if exploration_floor is None:
        return min(USUAL_FLOOR, USUAL_FLOORS_TOGETHER / count)
    return min(exploration_floor, FLOORS_TOGETHER / count)


def with_floor(weights: Float64, exploration_floor: float | None) -> Float64:
    """``p = f + (1 − m f) w``: every arm keeps at least ``f`` (``floor_of``), and all still sum to one, ``(m,)``."""
    count = len(weights)
    floor = floor_of(exploration_floor, count)
    raised = floor + (1.0 - count * floor) * weights
    total: Float64 = raised / np.add.reduce(raised)
    return total


def draw_order(
    offered: int,
    allowed: Indices,
    shares: Float64,
    posterior_means: Float64,
    rng: np.random.Generator,
    slots: int,
) -> Choice:
    """Draw the leading places, put the rest behind them by posterior mean (ties by index).

    Args:
        offered: ``n``.
        allowed: ``(m,)`` indices into the arms offered, ``m ≥ 1``.
        shares: ``(m,)`` first-slot probabilities, summing to one.
        posterior_means: ``(m,)``.
        slots: leading places to draw, each from the shares of the arms not yet placed.
    """
    if len(allowed) == offered:
        propensities = shares.copy()
    else:
        propensities = np.zeros(offered)
        propensities[allowed] = shares
    left = shares.copy() if slots > 1 else shares
    placed: list[int] = []
    conditional: list[float] = []
    for _ in range(min(max(slots, 1), len(allowed))):
        edges = left.cumsum()
        total = float(edges[-1])
        if total <= 0.0:
            break  # without a floor the arms left may all be hopeless; the posterior mean orders them
        # The last edge is the sum itself, so that rounding can never point behind the last arm.
        drawn = int(edges.searchsorted(rng.random() * total, side="right"))
        placed.append(drawn)
        conditional.append(float(left[drawn]) / total)
        if slots > 1:
            left[drawn] = 0.0
    ranked = (-posterior_means).argsort(kind="stable")
    if len(placed) == 1:
        behind = int((ranked == placed[0]).argmax())
        ranked[1 : behind + 1] = ranked[:behind]
        ranked[0] = placed[0]
    else:
        ranked = np.concatenate([np.asarray(placed, dtype=np.int64), ranked[~np.isin(ranked, placed)]])
    return Choice(ranked if len(allowed) == offered else allowed[ranked], propensities, tuple(conditional))


def nothing_to_show(offered: int) -> Choice:
    """The choice when every arm is blocked, or none was offered."""
    return Choice(np.empty(0, dtype=np.int64), np.zeros(offered))
