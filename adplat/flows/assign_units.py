"""Which arm units would get in an experiment, as replicas would say, whatever state it is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from adplat.bandit import POLICIES
from adplat.data import as_config, read_document
from adplat.domain import (
    AssignmentUnit,
    ConfigRejected,
    Experiment,
    ExperimentArm,
    ExperimentBook,
    MissingInput,
    Progress,
    UnknownReference,
)
from adplat.experiments import Assigner, sample_ratio

_TOLD_EVERY = 50_000


def assign_units(
    path: Path,
    units: Sequence[str],
    units_file: Path | None,
    progress: Progress,
    *,
    holdout: float = 0.0,
    layer_holdout: float = 0.0,
) -> dict[str, Any]:
    """The arm of each named unit, and how many of all units, those of the file too, get which.

    The file has a unit a line; empty lines are none. Shares are of those in the experiment; ``srm`` is the sample
    ratio test of them against the weights. Raises MissingInput, ConfigRejected, UnknownReference (a policy).
    """
    experiment = read_experiment(path)
    book = ExperimentBook((experiment,), holdout, {experiment.layer: layer_holdout})
    assigner = Assigner(book)

    def arm_of(unit: str) -> str | None:
        if not unit:
            raise ConfigRejected("a unit without a name", where="units", hint="give user keys or request ids")
        by_user = experiment.unit is AssignmentUnit.USER
        asked = assigner.units_of(unit, "") if by_user else assigner.units_of("", unit)
        arm = asked.arm_of(experiment.experiment_id)
        return None if arm is None else arm.name

    assigned = [{"unit": unit, "arm": arm_of(unit)} for unit in units]
    counted = Counter(one["arm"] for one in assigned)
    for number, unit in enumerate(_lines(units_file) if units_file is not None else (), start=1):
        counted[arm_of(unit)] += 1
        if number % _TOLD_EVERY == 0:
            progress(number, 0, "assigning units")
    if not counted:
        raise ConfigRejected("no unit", where="units", hint="name some, or give a file of them with --units")
    return {
        "experiment_id": experiment.experiment_id,
        "layer": experiment.layer,
        "unit": experiment.unit.value,
        "assigned": assigned,
        **_counts(experiment, counted),
    }


def read_experiment(path: Path) -> Experiment:
    """The experiment in a JSON or YAML file, or below its key ``experiment``.

    Raises MissingInput, ConfigRejected, UnknownReference (a policy that is not there).
    """
    content = read_document(path)
    if isinstance(content.get("experiment"), Mapping):
        content = content["experiment"]
    try:
        experiment = as_config(content, Experiment, where=str(path))
    except ConfigRejected as reason:
        where = reason.where if str(path) in reason.where else f"{path}: {reason.where}"
        raise ConfigRejected(reason.what, where=where, hint=reason.hint) from None
    for arm in experiment.arms:
        if arm.policy and arm.policy not in POLICIES:
            raise UnknownReference(
                f"policy {arm.policy!r} is unknown",
                where=f"{path}: arm {arm.name}",
                hint=f"use {' or '.join(POLICIES)}",
            )
    return experiment


def _counts(experiment: Experiment, counted: Mapping[str | None, int]) -> dict[str, Any]:
    taking = [arm for arm in experiment.arms if arm.takes_units]
    weights = sum(arm.weight for arm in taking)
    inside = sum(counted.get(arm.name, 0) for arm in taking)

    def row(arm: ExperimentArm) -> dict[str, Any]:
        units = counted.get(arm.name, 0)
        return {
            "arm": arm.name,
            "units": units,
            "share": units / inside if inside else None,
            "planned": arm.weight / weights if arm.takes_units else 0.0,
        }

    ratio = sample_ratio([counted.get(arm.name, 0) for arm in taking], [arm.weight for arm in taking])
    return {
        "arms": [row(arm) for arm in experiment.arms],
        "not_in_it": counted.get(None, 0),
        "srm": {"p_value": ratio.p_value, "flagged": ratio.flagged},
    }


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if unit := line.rstrip("\r\n"):
                    yield unit
    except (FileNotFoundError, NotADirectoryError):
        raise MissingInput("no such file", where=str(path), hint="check the path") from None
    except UnicodeDecodeError:
        raise ConfigRejected("not UTF-8 text", where=str(path), hint="give a text file with a unit a line") from None
    except OSError as reason:
        raise MissingInput(
            f"cannot be read: {reason.strerror}", where=str(path), hint="give a text file with a unit a line"
        ) from None
