"""Logs of choices that read as sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy.special import expit, softmax

from adplat.bandit.off_policy import ChoiceLog, Offered


def silent(done: int, total: int, what: str) -> None:
    """A Progress that tells nobody."""


def some_log(rows: int = 400, actions: int = 4, slots: int = 1, seed: int = 0, **changes: Any) -> ChoiceLog:
    """A softmax policy over arms whose rewards depend on two numbers and a category."""
    rng = np.random.default_rng(seed)
    numbers, category = rng.normal(size=(rows, 2)), rng.integers(0, 3, rows)
    merit = numbers @ rng.random((2, actions)) + rng.normal(size=(3, actions))[category] * 0.5
    shares = softmax(merit, axis=1)
    chosen = (rng.random((rows, 1)) < shares.cumsum(axis=1)).argmax(axis=1).astype(np.int64)
    taken = np.arange(rows), chosen
    times = np.arange(rows, dtype=np.int64) * 1_000_000
    log = ChoiceLog(
        row_names=tuple(f"r{row}" for row in range(rows)),
        actions=tuple(f"c{action}" for action in range(actions)),
        chosen=chosen,
        slots=rng.integers(0, slots, rows).astype(np.int64),
        rewards=(rng.random(rows) < expit(merit[taken] - 1.0)).astype(np.float64),
        propensities=shares[taken],
        times_us=times,
        known_us=times,
        categories=category[:, None].astype(np.int64),
        numbers=numbers,
        action_numbers=rng.normal(size=(actions, 1)),
        offered=Offered((np.arange(actions),), np.zeros(rows, dtype=np.int64)),
    )
    return replace(log, **changes)


def with_row(log: ChoiceLog, column: str, row: int, value: float) -> ChoiceLog:
    """The log with one value of a column changed."""
    changed = getattr(log, column).copy()
    changed[row] = value
    return replace(log, **{column: changed})
