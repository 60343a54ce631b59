"""The document that asks for an analysis: metric, method and, for every arm, the sums it needs.

A field that is not told is ``None`` and never 0. The first arm is the control. Sums run over units (users, or whatever
was assigned to arms): ``sum`` is Σy, ``sum_squares`` Σy², ``sum_products`` Σ of the field's own value times y.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from adplat.experiments.document import document_of
from adplat.experiments.rows_checks import check_rows
from adplat.experiments.rows_spec import RowData
from adplat.experiments.spec_checks import check_spec


class Metric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is measured; ``direction`` says which way is better, ``quantile`` which one (of kind ``quantile``)."""

    name: str
    kind: Literal["proportion", "mean", "ratio", "quantile"]
    direction: Literal["higher", "lower"] = "higher"
    quantile: float | None = None


class CovariateDenominator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The denominator e of a covariate that is a ratio x/e: Σe, Σe², Σxe, Σye and Σde (d is the metric's)."""

    sum: float
    sum_squares: float
    sum_products: float
    metric_products: float
    denominator_products: float


class Covariate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was known of each unit before it was assigned: Σx, Σx², Σxy; of a ratio metric y/d also Σxd."""

    sum: float
    sum_squares: float
    sum_products: float
    denominator_products: float | None = None
    denominator: CovariateDenominator | None = None


class Denominator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The denominator d of a ratio metric y/d: Σd, Σd², Σdy."""

    sum: float
    sum_squares: float
    sum_products: float


class Stratum(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of an arm; the parts of an arm add up to it. ``sum_squares`` may be left out of proportions."""

    name: str
    n: int | float
    sum: float
    sum_squares: float | None = None


class QuantileSums(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a quantile needs of an arm: the value at the quantile, and the values at the ranks ``n·q ± z·√(n·q(1−q))``.

    ``level`` is the coverage that gave z: with 0.95 the ranks are 1.96 standard deviations away.
    """

    value: float
    lower: float
    upper: float
    level: float = 0.95


class Arm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One arm: ``n`` units and their sums; ``quantile`` or the ``values`` themselves for a quantile metric."""

    name: str
    n: int | float
    sum: float | None = None
    sum_squares: float | None = None
    covariate: Covariate | None = None
    denominator: Denominator | None = None
    strata: list[Stratum] | None = None
    quantile: QuantileSums | None = None
    values: list[float] | None = None


class Prior(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A normal prior of the difference, in the unit of ``difference``."""

    mean: float
    std: float


class GroupSequentialPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At how many units of all arms the test ends, how α is spent, and the looks already taken.

    ``looks`` are totals of units at earlier looks; ``state`` is what the last analysis gave back and spares them.
    """

    maximum_units: float
    spending: Literal["obrien-fleming", "pocock"] = "obrien-fleming"
    looks: list[float] = []
    state: dict[str, Any] | None = None


class Gates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must have been reached before anybody wins: age in days, units and events (Σy) in every arm."""

    minimum_age_days: float | None = None
    minimum_units: float | None = None
    minimum_events: float | None = None


class ExperimentSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole question: ``arms`` with their sums, or ``data`` to take them from rows.

    ``assigned`` are units per arm as they were assigned, when the arms' n leave some out; ``looks`` the same,
    cumulative, at earlier looks, for the anytime-valid ratio test. ``share_covariance`` is that of the logarithms
    of the arms' denominators when these are shares read off a curve (conversions still to come).
    """

    metric: Metric
    arms: list[Arm] = []
    method: Literal["fixed", "sequential", "group-sequential", "bayesian"] = "fixed"
    difference: Literal["relative", "absolute"] = "relative"
    alternative: Literal["two-sided", "greater", "less"] = "two-sided"
    alpha: float = 0.05
    sequential_tuning: float = 5000
    correction: Literal["none", "holm", "bh"] = "none"
    prior: Prior | None = None
    allocation: list[float] | None = None
    name: str | None = None
    looks: list[list[int | float]] | None = None
    group_sequential: GroupSequentialPlan | None = None
    non_inferiority_margin: float | None = None
    gates: Gates | None = None
    age_days: float | None = None
    data: RowData | None = None
    assigned: list[int | float] | None = None
    share_covariance: list[list[float]] | None = None


def parse_spec(content: Mapping[str, Any], *, where: str) -> ExperimentSpec:
    """The specification in a plain mapping, as read from JSON or YAML.

    Raises:
        ConfigRejected: an unknown or missing field, a wrong type, an impossible value.
    """
    spec = document_of(content, ExperimentSpec, schema="experiment", where=where)
    if spec.data is not None:
        check_rows(spec, spec.data, where)
    else:
        check_spec(spec, where)
    return spec
