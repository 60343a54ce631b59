"""What rows can say of a test that sums cannot: who saw two arms, who was left out where, what differed beforehand."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from adplat.data import ExposureTables
from adplat.experiments import CONTEXT_COLUMNS, Balance, RowData, category_balance, mean_balance

# Below these a few shared devices explain it; above, units are not what was assigned.
MOST_CROSSED, LEAST_CROSSED = 0.01, 10
LEAST_USERS, BEYOND_CHANCE = 20, 5.0
USER = "user_key"
KEPT, IN_SEVERAL_ARMS, IMMATURE = 0, 3, 4


def multiple_exposure(units: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Units that saw more than one arm; ``units`` by arm and status."""
    crossed, everybody = int(units[:, IN_SEVERAL_ARMS].sum()), int(units.sum())
    share = crossed / everybody if everybody else 0.0
    return {"units": crossed, "share": share, "flagged": share > MOST_CROSSED and crossed >= LEAST_CROSSED}


def left_out_alike(units: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Whether arms lost alike shares of their units to the rules; the young ones are no loss, only early."""
    lost = units[:, KEPT + 1 : IMMATURE].sum(axis=1)
    stayed = units.sum(axis=1) - lost
    return _document(category_balance(np.column_stack([stayed, lost]).astype(np.float64)))


def clustered(data: RowData, tables: ExposureTables, units: npt.NDArray[np.int64]) -> dict[str, Any] | None:
    """Whether units of one user are in one arm more often than by chance: then users were assigned, not units.

    By chance n units are in one arm with probability ``Σ p_a^n``, p the arms' shares of units. None where the unit is
    the user, or users are not known.
    """
    if USER not in tables.question.context or data.unit == USER:
        return None
    share = units[:, KEPT] / max(int(units[:, KEPT].sum()), 1)
    users = together = 0
    expected = spread = 0.0
    for n, count, alone in tables.clusters(USER):
        chance = float((share**n).sum())
        users, together = users + count, together + alone
        expected, spread = expected + count * chance, spread + count * chance * (1.0 - chance)
    flagged = users >= LEAST_USERS and together - expected > BEYOND_CHANCE * spread**0.5
    return {"users": users, "in_one_arm": together, "expected": expected, "flagged": flagged}


def unbalanced(data: RowData, tables: ExposureTables) -> list[dict[str, Any]]:
    """A test for each column that must be alike in all arms, and for the measure of the days before."""
    arms = len(data.arm_values())
    columns = [
        name for name in (CONTEXT_COLUMNS if data.balance is None else data.balance) if name in tables.question.context
    ]
    found = []
    for column in columns:
        sums = tables.sums(column)
        places = {value: place for place, value in enumerate(dict.fromkeys(one.group for one in sums))}
        counts = np.zeros((arms, len(places)))
        for one in sums:
            counts[one.arm, places[one.group]] = one.n
        found.append({"column": column, **_document(category_balance(counts))})
    if data.covariate_days is not None:
        before = np.zeros((3, arms))
        for one in tables.sums():
            before[:, one.arm] = one.n, one.x or 0.0, one.xx or 0.0
        found.append({"column": f"{data.measure} before", **_document(mean_balance(*before))})
    return found


def _document(test: Balance) -> dict[str, Any]:
    return {"statistic": test.statistic, "df": test.freedom, "p_value": test.p_value, "flagged": test.flagged}
