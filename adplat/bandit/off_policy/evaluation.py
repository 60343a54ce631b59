"""From a log and a policy to estimates, their intervals, and whether they may be believed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from adplat.bandit.off_policy.choice_log import ChoiceLog, refuse_unusable
from adplat.bandit.off_policy.coverage import Coverage
from adplat.bandit.off_policy.cross_fitting import cross_fit
from adplat.bandit.off_policy.dm import dm
from adplat.bandit.off_policy.dr import dr
from adplat.bandit.off_policy.dros import dros
from adplat.bandit.off_policy.evidence import Contributions, Evidence
from adplat.bandit.off_policy.gate import reasons_to_refuse
from adplat.bandit.off_policy.gathering import gather_evidence
from adplat.bandit.off_policy.ipw import ipw
from adplat.bandit.off_policy.snipw import snipw
from adplat.bandit.off_policy.switch_dr import switch_dr
from adplat.bandit.off_policy.target import Target
from adplat.bandit.off_policy.weights import WeightReport, report_of
from adplat.domain import Interval, Progress
from adplat.statistics import bernstein_interval, ratio_intervals

ESTIMATORS: Mapping[str, Callable[[Evidence], Contributions]] = MappingProxyType(
    {"ipw": ipw, "snipw": snipw, "dm": dm, "dr": dr, "switch_dr": switch_dr, "dros": dros}
)
REPLICATES = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimator's answer. ``None`` where it has none: a ratio without weight, a bound that does not apply.

    ``bootstrap`` resamples rows (or people) with what each did to the models; the choice of shrinkage is held.
    ``bernstein`` needs no normal approximation and is wide.
    """

    value: float | None
    bootstrap: Interval | None
    bernstein: Interval | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the log says of a policy. ``logged_value`` is what was earned; ``is_direct`` is whether the reward model
    was averaged over everything the policy would do, instead of over reweighted logged actions.
    """

    rows: int
    estimates: Mapping[str, Estimate]
    weights: WeightReport
    coverage: Coverage
    reasons: tuple[str, ...]
    logged_value: float
    is_direct: bool

    @property
    def verdict(self) -> str:
        """``ok`` or ``refused``."""
        return "refused" if self.reasons else "ok"


def evaluate_target(
    log: ChoiceLog,
    target: Target,
    rng: np.random.Generator,
    progress: Progress,
    *,
    replicates: int = REPLICATES,
    level: float = 0.95,
) -> Evaluation:
    """Every estimator with its intervals, weights, coverage and the gate's reasons.

    Memory: the pairs of one block at a time. Time: the fits, then linear in pairs, then ``replicates`` passes over
    the rows.

    Raises TableRejected where the log is unusable, ConfigRejected where the policy cannot be replayed.
    """
    refuse_unusable(log)
    evidence, coverage = gather_evidence(log, target, cross_fit(log, rng, progress), progress)
    found = {name: estimator(evidence) for name, estimator in ESTIMATORS.items()}
    intervals = ratio_intervals(
        np.column_stack([one.above for one in found.values()]),
        np.column_stack([one.denominators() for one in found.values()]),
        rng,
        replicates,
        groups=log.groups,
        level=level,
        progress=progress,
    )
    weights = report_of(evidence.weights)
    return Evaluation(
        rows=len(log),
        estimates={
            name: _estimate(one, interval, level)
            for (name, one), interval in zip(found.items(), intervals, strict=True)
        },
        weights=weights,
        coverage=coverage,
        reasons=reasons_to_refuse(weights, coverage),
        logged_value=float(log.rewards.mean()),
        is_direct=evidence.is_direct,
    )


def _estimate(found: Contributions, interval: Interval | None, level: float) -> Estimate:
    below = found.denominators().sum()
    value = None if below == 0.0 else float(found.above.sum() / below)
    bounded = found.bounded
    bernstein = None if bounded is None else bernstein_interval(bounded.values, bounded.width, level=level)
    return Estimate(value, _reaching(interval, found.missing), _reaching(bernstein, found.missing))


def _reaching(interval: Interval | None, missing: tuple[float, float]) -> Interval | None:
    if interval is None:
        return None
    return replace(interval, low=interval.low + missing[0], high=interval.high + missing[1])
