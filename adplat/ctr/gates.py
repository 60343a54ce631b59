"""The gates between a trained bundle and traffic: four questions to later rows, and one to their conversions.

::

    pcoc                 predicted over observed clicks within [0.98, 1.02]
    slice pcoc           no slice whose 99 % PCOC interval, Holm-corrected over slices, lies outside [0.9, 1.1]
    relative ece         20 equal-mass bins, over the base rate, at most 0.05
    normalised entropy   below that of the live bundle on the same rows; below 1, the base rate's, where none is live
    conversion pcoc      predicted over observed conversions of clicks, those still to come counted in, not surely
                         outside [0.9, 1.1] (99 %); not asked where nothing is known of late conversions

A gate judges the figure as it stands, also where few clicks leave it open on which side of the limit the truth
lies; then it says so (``decided`` is false), because "too few rows" is mended in another way than a bad model.
The slice gate is the other way round by its nature: only a slice that is *surely* wrong fails it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat import statistics
from adplat.statistics import Float64

LEVEL = 0.95
REPLICATES = 200
_FEWEST_CONVERSIONS = 30  # fewer say nothing that an interval could hold


@dataclass(frozen=True, slots=True)
class GateLimits:
    """What a bundle has to keep to; the defaults are the project's promise."""

    pcoc: tuple[float, float] = (0.98, 1.02)
    slice_pcoc: tuple[float, float] = (0.9, 1.1)
    slice_level: float = 0.99
    relative_ece: float = 0.05
    ece_bins: int = 20


@dataclass(frozen=True, slots=True)
class Gate:
    """One question answered: ``value`` against ``limit``, in words in ``figure``.

    ``decided`` is false where so few clicks could also have come from the other side of the limit.
    """

    name: str
    passes: bool
    value: float | None
    limit: str
    figure: str
    decided: bool = True


@dataclass(frozen=True, slots=True)
class GateReport:
    """All gates about one bundle on ``rows`` rows with ``positives`` clicks."""

    rows: int
    positives: int
    gates: tuple[Gate, ...]

    @property
    def passes(self) -> bool:
        """Whether every gate does."""
        return not self.failed

    @property
    def failed(self) -> tuple[str, ...]:
        """The names of those that do not."""
        return tuple(gate.name for gate in self.gates if not gate.passes)

    def as_json(self) -> dict[str, Any]:
        """Plain data for ``--json`` and for the history of deployments."""
        return {
            "passes": self.passes,
            "failed": list(self.failed),
            "rows": self.rows,
            "positives": self.positives,
            "gates": [asdict(gate) for gate in self.gates],
        }


@dataclass(frozen=True)
class ConversionRows:
    """Clicked rows (C,): label and weight of the conversion (``ConversionTargets.pairs``), calibrated pCVR, user."""

    labels: Float64
    weights: Float64
    chances: Float64
    groups: npt.NDArray[Any] | None = None


def run_gates(
    labels: Float64,
    chances: Float64,
    slices: Mapping[str, npt.NDArray[np.bool_]],
    live_chances: Float64 | None,
    rng: np.random.Generator,
    *,
    groups: npt.NDArray[Any] | None = None,
    limits: GateLimits | None = None,
    conversions: ConversionRows | None = None,
) -> GateReport:
    """Judge calibrated ``chances`` (N,) of clicks by ``labels`` (N,) of 0 and 1.

    ``slices`` are masks (N,) by name, ``live_chances`` the live bundle's on the same rows, ``groups`` (N,) users:
    the interval of the difference in entropy draws them whole.

    Raises:
        TableRejected: no rows, values that are no labels or chances, or one class only.
    """
    limits = limits or GateLimits()
    entropy = _entropy_gate(labels, chances, live_chances, groups, rng)
    gates = [
        _pcoc_gate(labels, chances, limits),
        _slice_gate(labels, chances, slices, limits),
        _ece_gate(labels, chances, limits),
        entropy,
    ]
    if conversions is not None:
        gates.append(_conversion_gate(conversions, limits, rng))
    return GateReport(len(labels), int(labels.sum()), tuple(gates))


def _conversion_gate(rows: ConversionRows, limits: GateLimits, rng: np.random.Generator) -> Gate:
    low, high = limits.slice_pcoc
    name, limit = "conversion pcoc", f"not surely outside [{low:g}, {high:g}] ({limits.slice_level:.0%} interval)"
    counted = int(((rows.labels > 0) & (rows.weights > 0)).sum())
    if counted < _FEWEST_CONVERSIONS:
        return Gate(name, True, None, limit, f"{counted} conversions have arrived: too few to judge", decided=False)

    def ratio(labels: Float64, weights: Float64, chances: Float64) -> float:
        return float((weights * chances).sum() / max((weights * labels).sum(), 1e-9))

    columns = [rows.labels, rows.weights, rows.chances]
    found = statistics.bootstrap_interval(ratio, columns, rng, REPLICATES, groups=rows.groups, level=limits.slice_level)
    surely_out = found.high < low or high < found.low
    figure = (
        f"PCOC {found.value:.3f} on {counted:,} conversions that have arrived, those to come counted in "
        f"({limits.slice_level:.0%} interval {found.low:.3f} to {found.high:.3f})"
    )
    decided = surely_out or (low <= found.low and found.high <= high)
    return Gate(name, not surely_out, found.value, limit, figure, decided)


def _pcoc_gate(labels: Float64, chances: Float64, limits: GateLimits) -> Gate:
    low, high = limits.pcoc
    found = statistics.pcoc_interval(labels, chances, level=LEVEL)
    passes = low <= found.value <= high
    surely_in = low <= found.low and found.high <= high
    surely_out = found.high < low or high < found.low
    limit = f"within [{low:g}, {high:g}]"
    figure = (
        f"PCOC {found.value:.4f} on {int(labels.sum()):,} clicks (95 % interval {found.low:.3f} to {found.high:.3f})"
    )
    decided = surely_in or surely_out
    if not decided:
        figure += "; so few clicks do not tell on which side of the limit it lies"
    return Gate("pcoc", passes, found.value, limit, figure, decided)


def _slice_gate(
    labels: Float64, chances: Float64, slices: Mapping[str, npt.NDArray[np.bool_]], limits: GateLimits
) -> Gate:
    low, high = limits.slice_pcoc
    limit = f"nowhere surely outside [{low:g}, {high:g}] ({limits.slice_level:.0%} intervals, Holm)"
    names = [name for name, mask in slices.items() if mask.any()]
    if not names:
        return Gate("slice pcoc", True, None, limit, "there are no slices", decided=False)
    raw = [statistics.pcoc_outside(labels[slices[name]], chances[slices[name]], low, high) for name in names]
    surely = statistics.holm(raw)
    worst = int(np.argmin(surely)) if surely.min() < 1.0 else int(np.argmin(raw))
    found = statistics.pcoc_interval(
        labels[slices[names[worst]]], chances[slices[names[worst]]], level=limits.slice_level
    )
    wrong = [name for name, p in zip(names, surely, strict=True) if p <= 1.0 - limits.slice_level]
    figure = (
        f"{len(wrong)} of {len(names)} slices surely outside; the furthest is {names[worst]}: PCOC {found.value:.3f} "
        f"({limits.slice_level:.0%} interval {found.low:.3f} to {found.high:.3f}, corrected p {surely[worst]:.2g})"
    )
    value = found.value if math.isfinite(found.value) else None
    return Gate("slice pcoc", not wrong, value, limit, figure)


def _ece_gate(labels: Float64, chances: Float64, limits: GateLimits) -> Gate:
    value = statistics.relative_ece(labels, chances, bins=limits.ece_bins)
    floor, spread = ece_of_a_true_model(chances, limits.ece_bins)
    figure = f"relative ECE {value:.4f} (a perfectly calibrated model would show about {floor:.4f} on these rows)"
    decided = floor + 2.0 * spread <= limits.relative_ece
    if not decided:
        figure += "; on so few clicks a perfectly calibrated one might fail too"
    return Gate(
        "relative ece", value <= limits.relative_ece, value, f"at most {limits.relative_ece:g}", figure, decided
    )


def _entropy_gate(
    labels: Float64,
    chances: Float64,
    live_chances: Float64 | None,
    groups: npt.NDArray[Any] | None,
    rng: np.random.Generator,
) -> Gate:
    value = statistics.normalised_entropy(labels, chances)
    if live_chances is None:
        figure = f"normalised entropy {value:.4f}; nothing is live, so the base rate is what it has to beat"
        return Gate("normalised entropy", value < 1.0, value, "below 1", figure)
    live = statistics.normalised_entropy(labels, live_chances)
    gain = statistics.paired_difference(
        statistics.normalised_entropy, [labels], chances, live_chances, rng, REPLICATES, groups=groups, level=LEVEL
    )
    figure = (
        f"normalised entropy {value:.4f} against {live:.4f} of the live bundle "
        f"(difference {gain.value:+.4f}, 95 % interval {gain.low:+.4f} to {gain.high:+.4f})"
    )
    decided = gain.excludes(0.0)
    if not decided:
        figure += "; the rows do not tell which is better"
    return Gate("normalised entropy", value < live, value, f"below {live:.4f}", figure, decided)


def ece_of_a_true_model(chances: Float64, bins: int) -> tuple[float, float]:
    """Mean and deviation of what the relative ECE shows by chance alone if the ``chances`` (N,) are the truth.

    In bin b the clicks miss their mean by a normal error of variance ``σ_b² = Σ_{i∈b} p(1−p)``, whose absolute
    value has mean ``√(2/π) σ_b`` and variance ``(1 − 2/π) σ_b²``; both are summed over bins and divided by ``Σ p``.
    """
    parts = np.array_split(np.sort(chances), bins)
    variances = np.array([float((part * (1.0 - part)).sum()) for part in parts])
    clicks = float(chances.sum())
    mean = math.sqrt(2.0 / math.pi) * float(np.sqrt(variances).sum()) / clicks
    return mean, math.sqrt((1.0 - 2.0 / math.pi) * float(variances.sum())) / clicks
