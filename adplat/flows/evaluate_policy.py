"""What another policy would have earned on a log: read the log, replay the policy or read its table, judge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from adplat.bandit import Uniform, policy_fitting
from adplat.bandit.off_policy import ChoiceLog, Evaluation, Replay, TableTarget, Target, evaluate_target
from adplat.data import read_table
from adplat.domain import ConfigRejected, Interval, MissingInput, Progress, TableRejected
from adplat.flows.lake_log import lake_at, read_lake_log
from adplat.flows.open_bandit_log import (
    is_open_bandit,
    is_published_open_bandit,
    read_open_bandit,
    read_published_open_bandit,
)

INTERVALS = ("bootstrap", "bernstein")


def evaluate_policy(
    log_path: Path,
    *,
    policy_name: str = "",
    table: Path | None = None,
    seed: int = 0,
    replicates: int = 1000,
    progress: Progress,
) -> Evaluation:
    """Evaluate a policy of ours by name, or any by its table, on a lake or an Open Bandit folder.

    Raises:
        ConfigRejected: not exactly one of name and table, an unknown name, a policy that cannot be replayed here.
        MissingInput: no such log or table.
        TableRejected: a log or a table that is unusable.
    """
    if bool(policy_name) == (table is not None):
        raise ConfigRejected(
            "give either a policy by name or a policy table", where="--policy", hint="name exactly one of the two"
        )
    if policy_name:
        policy_fitting(policy_name)  # an unknown name is told before a long log is read
    log, is_uniform = _read(log_path, progress)
    target = _named(log, policy_name, is_uniform) if table is None else TableTarget(log, _probabilities(table, log))
    return evaluate_target(log, target, np.random.default_rng(seed), progress, replicates=replicates)


def require_interval(interval: str) -> None:
    """Raises ConfigRejected for an interval that is not there."""
    if interval not in INTERVALS:
        raise ConfigRejected(f"unknown interval {interval!r}", where="--interval", hint=f"use {' or '.join(INTERVALS)}")


def evaluation_document(name: str, found: Evaluation, interval: str = "bootstrap") -> dict[str, Any]:
    """The document of ``adplat bandit evaluate``. ``interval`` says which interval stands at ``ci``."""
    require_interval(interval)
    return {
        "policy": name,
        "n": found.rows,
        "estimators": {
            key: {"value": one.value, "ci": _ends(one.bootstrap if interval == "bootstrap" else one.bernstein)}
            for key, one in found.estimates.items()
        },
        "ess": found.weights.ess,
        "max_weight": found.weights.largest,
        "max_weight_share": found.weights.largest_share,
        "verdict": found.verdict,
        "reasons": list(found.reasons),
    }


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def _read(path: Path, progress: Progress) -> tuple[ChoiceLog, bool]:
    """The log, and whether the uniform policy made all of it."""
    if not path.is_dir():
        raise MissingInput(
            "no such folder", where=str(path), hint="give a lake, a workspace or an Open Bandit campaign folder"
        )
    lake = lake_at(path)
    if lake is not None:
        log, policies = read_lake_log(lake)
        return log, bool((policies == Uniform.name).all())
    if is_open_bandit(path):
        return read_open_bandit(path), False
    if is_published_open_bandit(path):
        return read_published_open_bandit(path, progress), False
    raise MissingInput(
        "the folder holds neither a lake nor an Open Bandit log",
        where=str(path),
        hint="give a workspace, a world, or what 'adplat data import open-bandit' made",
    )


def _named(log: ChoiceLog, name: str, is_uniform: bool) -> Target:
    if name == Uniform.name and log.offered is None and is_uniform:
        # What it gave is what stands in the log, whoever the candidates were.
        return TableTarget(log, log.propensities)
    return Replay(policy_fitting(name), log)


def _probabilities(path: Path, log: ChoiceLog) -> npt.NDArray[np.float64]:
    """(N,) of the table in row order of the log. Its ``row`` counts from 0 or 1, or names the decision."""
    table = read_table(path, columns=["row", "probability"], expect={"probability": "number"})
    for column in table.get_columns():
        if column.null_count():
            raise TableRejected(f"{column.null_count():,} rows have no {column.name!r}", where=str(path), hint=_HINT)
    rows = table["row"]
    if rows.dtype == pl.String:
        places = rows.replace_strict({name: row for row, name in enumerate(log.row_names)}, default=-1).to_numpy()
    elif rows.dtype.is_integer():
        places = rows.to_numpy().astype(np.int64) - (1 if rows.min() == 1 else 0)
    else:
        raise TableRejected(f"column 'row' holds type {rows.dtype}", where=str(path), hint=_HINT)
    outside = (places < 0) | (places >= len(log))
    if outside.any():
        stranger = rows[int(outside.argmax())]
        raise TableRejected(f"row {stranger!r} is not in the log of {len(log):,} rows", where=str(path), hint=_HINT)
    counts = np.bincount(places, minlength=len(log))
    if (counts != 1).any():
        place = int((counts != 1).argmax())
        said = "no probability" if counts[place] == 0 else f"{counts[place]} probabilities"
        raise TableRejected(
            f"the table has {said} for row {place} of the log (counted from 0)", where=str(path), hint=_HINT
        )
    probabilities = np.empty(len(log))
    probabilities[places] = table["probability"].to_numpy()
    return probabilities


_HINT = "give each row of the log once: row (from 0, or the decision_id) and probability of its logged action"
