"""What a specification must fulfil beyond the types of its fields: one clear error for the first thing that is wrong.

Here stands what makes the whole question meaningless. What makes only one arm unusable (a single unit, no variance) is
no error: its comparison carries a warning and the other arms keep theirs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

import msgspec

from adplat.domain import ConfigRejected

if TYPE_CHECKING:
    from adplat.experiments.spec import Arm, ExperimentSpec

SUMS_TOLERANCE = 1e-6  # share by which the parts of an arm may miss their whole, for sums that were rounded


def check_spec(spec: ExperimentSpec, where: str) -> None:
    """Raise ConfigRejected unless the specification can be analysed."""
    check_settings(spec, where)
    names = [arm.name for arm in spec.arms]
    check_names(names, where)
    for arm in spec.arms:
        _check_arm(spec, arm, f"{where}: arm {arm.name!r}")
    for field in ("covariate", "strata"):
        told = [getattr(arm, field) is not None for arm in spec.arms]
        if any(told) and not all(told):
            without = names[told.index(False)]
            _refuse(f"arm {without!r} has no {field}", f"{where}: arms", f"give {field} for every arm or for none")
    check_shares(spec.allocation, len(names), f"{where}: allocation")
    counted = [arm.n for arm in spec.arms]
    if spec.assigned is not None:
        _check_looks([counted], spec.assigned, f"{where}: assigned")
    if spec.looks is not None:
        _check_looks(spec.looks, counted if spec.assigned is None else spec.assigned, f"{where}: looks")
    if spec.share_covariance is not None:
        _check_covariance(spec, f"{where}: share_covariance")


def check_names(names: Sequence[str], where: str) -> None:
    """Raise ConfigRejected unless there are two arms or more, each with a name of its own."""
    if len(names) < 2:
        _refuse(f"{len(names)} arms", f"{where}: arms", "give a control and at least one treatment")
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if twice is not None:
        _refuse(f"arm {twice!r} is given twice", f"{where}: arms", "give every arm a name of its own")


def check_settings(spec: ExperimentSpec, where: str) -> None:
    """Raise ConfigRejected for a setting out of range, whatever the arms."""
    if not 0.0 < spec.alpha < 0.5:
        _refuse(f"alpha is {spec.alpha}", where, "give a value between 0 and 0.5, such as 0.05")
    if not (math.isfinite(spec.sequential_tuning) and spec.sequential_tuning > 0):
        _refuse(f"sequential_tuning is {spec.sequential_tuning}", where, "give the units at which to be sharpest")
    quantile = spec.metric.quantile
    if spec.metric.kind == "quantile" and quantile is None:
        _refuse("no quantile is told", f"{where}: metric", 'add "quantile", such as 0.9')
    if quantile is not None and not 0.0 < quantile < 1.0:
        _refuse(f"quantile is {quantile}", f"{where}: metric", "give a value between 0 and 1, such as 0.9")
    if spec.prior is not None:
        _finite(spec.prior, f"{where}: prior")
        if not spec.prior.std > 0.0:
            _refuse(f"std is {spec.prior.std}", f"{where}: prior", "give a positive one, or no prior for a flat one")
    margin = spec.non_inferiority_margin
    if margin is not None and not (math.isfinite(margin) and margin > 0.0):
        _refuse(f"non_inferiority_margin is {margin}", where, "give a positive one, in the unit of the difference")
    plan = spec.group_sequential
    if plan is not None and not (math.isfinite(plan.maximum_units) and plan.maximum_units > 0):
        _refuse(f"maximum_units is {plan.maximum_units}", f"{where}: group_sequential", "give the units at the end")
    for name in ("minimum_age_days", "minimum_units", "minimum_events"):
        value = getattr(spec.gates, name) if spec.gates is not None else None
        if value is not None and not (math.isfinite(value) and value >= 0):
            _refuse(f"{name} is {value}", f"{where}: gates", "give 0 or more")
    if spec.age_days is not None and not (math.isfinite(spec.age_days) and spec.age_days >= 0):
        _refuse(f"age_days is {spec.age_days}", where, "give 0 or more")


def _check_arm(spec: ExperimentSpec, arm: Arm, where: str) -> None:
    _finite(arm, where)
    _whole(arm.n, where)
    kind = spec.metric.kind
    if kind == "quantile":
        _check_quantile(arm, where)
        return
    if arm.sum is None:
        _refuse("sum is missing", where, "add the sum of the metric over the arm's units")
    if kind == "proportion" and not 0.0 <= arm.sum <= arm.n:
        _refuse(f"{arm.sum:g} successes of {arm.n:g} units", where, "give 0 or more successes, at most one a unit")
    if kind == "proportion" and arm.sum != int(arm.sum):
        _refuse(f"{arm.sum:g} successes are no count", where, 'give a whole number, or take the kind "mean"')
    if kind != "proportion" and arm.sum_squares is None:
        _refuse("sum_squares is missing", where, "add the sum of the squared metric over the arm's units")
    if kind == "ratio" and arm.denominator is None:
        _refuse("denominator is missing", where, "add sum, sum_squares and sum_products of the ratio's denominator")
    if arm.strata is not None:
        _check_strata(spec, arm, where)


def _check_quantile(arm: Arm, where: str) -> None:
    if arm.values is not None and len(arm.values) != arm.n:
        _refuse(f"{len(arm.values)} values of {arm.n:g} units", where, "give one value for every unit")
    if arm.values is None and arm.quantile is None and arm.n > 0:
        _refuse("neither quantile nor values", where, 'add "quantile": {value, lower, upper}, or the values')
    told = arm.quantile
    if told is not None and not (told.lower <= told.value <= told.upper and 0.0 < told.level < 1.0):
        _refuse("quantile is out of order", where, "give lower ≤ value ≤ upper and the level they were taken at")


def _check_strata(spec: ExperimentSpec, arm: Arm, where: str) -> None:
    strata = arm.strata or []
    names = [stratum.name for stratum in strata]
    if len(set(names)) < len(names) or not names:
        _refuse("strata are empty or share a name", where, "give every stratum a name of its own")
    for stratum in strata:
        place = f"{where}, stratum {stratum.name!r}"
        _finite(stratum, place)
        _whole(stratum.n, place)
        if spec.metric.kind == "proportion" and not 0.0 <= stratum.sum <= stratum.n:
            _refuse(f"{stratum.sum:g} successes of {stratum.n:g} units", place, "give at most one a unit")
        if spec.metric.kind != "proportion" and stratum.sum_squares is None:
            _refuse("sum_squares is missing", place, "add the sum of the squared metric over the stratum's units")
    for field in ("n", "sum"):
        whole, parts = getattr(arm, field), sum(getattr(stratum, field) for stratum in strata)
        if abs(parts - whole) > SUMS_TOLERANCE * max(abs(whole), 1.0):
            _refuse(f"strata add up to {field} {parts:g}, not {whole:g}", where, "give every unit one stratum")


def check_shares(shares: Sequence[float] | None, arms: int, where: str) -> None:
    """Raise ConfigRejected unless every arm has a share, or none is told."""
    if shares is None:
        return
    if len(shares) != arms:
        _refuse(f"{len(shares)} shares for {arms} arms", where, "give one share for every arm, in their order")
    if not all(math.isfinite(share) and share >= 0.0 for share in shares) or not sum(shares) > 0.0:
        _refuse("a share is negative or none is positive", where, "give shares of 0 or more, such as [0.5, 0.5]")


def _check_looks(looks: Sequence[Sequence[float]], last: Sequence[float], where: str) -> None:
    before: Sequence[float] = [0.0] * len(last)
    for number, counts in enumerate([*looks, last], start=1):
        if len(counts) != len(last):
            _refuse(f"look {number} counts {len(counts)} arms", where, f"give {len(last)} counts for every look")
        if any(not math.isfinite(now) or now < then for now, then in zip(counts, before, strict=True)):
            _refuse(f"look {number} counts fewer units than before", where, "give units since the start, in order")
        before = counts


def _check_covariance(spec: ExperimentSpec, where: str) -> None:
    rows, size = spec.share_covariance or [], len(spec.arms)
    if spec.metric.kind != "ratio":
        _refuse(f"a {spec.metric.kind} has no shares", where, 'take the kind "ratio"')
    if [len(row) for row in rows] != [size] * size or not all(math.isfinite(one) for row in rows for one in row):
        _refuse("no square table of numbers", where, f"give {size} rows of {size} numbers")


def _whole(n: float, where: str) -> None:
    if n < 0 or n != int(n):
        _refuse(f"n is {n}", where, "give a whole number of units, 0 or more")


def _finite(part: msgspec.Struct, where: str) -> None:
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if isinstance(value, msgspec.Struct):
            _finite(value, f"{where}: {name}")
        elif isinstance(value, float) and not math.isfinite(value):
            _refuse(f"{name} is {value}", where, "give a finite number, or leave the arm out")
        elif name == "values" and value is not None and not all(map(math.isfinite, value)):
            _refuse("a value is not a finite number", f"{where}: {name}", "leave it out and count the unit out of n")


def _refuse(what: str, where: str, hint: str) -> NoReturn:
    raise ConfigRejected(what, where=where, hint=hint)
