"""From a log, a policy and fitted models to the evidence that estimators read: one pass over all pairs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from adplat.bandit.off_policy.choice_log import ChoiceLog, Offered
from adplat.bandit.off_policy.coverage import Coverage
from adplat.bandit.off_policy.cross_fitting import CrossFitted
from adplat.bandit.off_policy.evidence import Evidence
from adplat.bandit.off_policy.model_influence import ModelInfluence
from adplat.bandit.off_policy.target import Target, TargetBlock
from adplat.domain import Progress
from adplat.statistics import Float64

_NO_BOUND = 1e-300  # of a policy that never does what the log did


def gather_evidence(
    log: ChoiceLog, target: Target, models: CrossFitted, progress: Progress
) -> tuple[Evidence, Coverage]:
    """Weights, what the models say of the logged and of all the policy would do, and the policy's coverage."""
    blocks = target.blocks(progress)
    if blocks is not None and log.offered is not None:
        return _direct(log, log.offered, blocks, models)
    if target.chosen is None:
        raise ValueError("a target without blocks knows the chosen")
    return _reweighted(log, target.chosen, models), Coverage()


def _direct(
    log: ChoiceLog, offered: Offered, blocks: Iterator[TargetBlock], models: CrossFitted
) -> tuple[Evidence, Coverage]:
    own, expected = np.empty(len(log)), np.empty(len(log))
    pairs, offsets, gradients = log.chosen_pairs(), offered.offsets(), models.no_gradients()
    taken = np.zeros((int(log.slots.max()) + 1, len(log.actions)), dtype=np.bool_)
    taken[log.slots, log.chosen] = True
    never = impossible = largest = 0.0
    for block in blocks:
        rows = slice(block.start, block.stop)
        within = offsets[block.start]
        own[rows] = block.probabilities[pairs[rows] - within]
        expected[rows] = models.expected(block, offsets, gradients)
        sizes = np.diff(offsets[block.start : block.stop + 1])
        members = offered.actions(block.start, block.stop)
        never += float(block.probabilities[~taken[np.repeat(log.slots[rows], sizes), members]].sum())
        if offered.propensities is not None:
            told = offered.propensities[within : offsets[block.stop]]
            impossible += float(block.probabilities[told <= 0.0].sum())
        largest = max(largest, float(block.probabilities.max()))
    influences = ModelInfluence(models)
    of_expected = influences.of_gradients(gradients)
    evidence = Evidence(
        rewards=log.rewards,
        weights=own / log.propensities,
        predicted=models.predicted(),
        expected=expected,
        weight_bound=max(largest / float(log.propensities.min()), _NO_BOUND),
        is_direct=True,
        influence=lambda weights: of_expected[:, None] - influences.of_predicted(weights),
    )
    known = offered.propensities is not None
    return evidence, Coverage(never / len(log), impossible / len(log) if known else None)


def _reweighted(log: ChoiceLog, chosen: Float64, models: CrossFitted) -> Evidence:
    """With ``expected`` of mean ``Σ w q̂ / Σ w``, the model's average over the policy as far as logged actions tell it.

    Written as the ratio and each row's influence on it, so that resampling rows gives the ratio's own spread.
    """
    weights, predicted, influences = chosen / log.propensities, models.predicted(), ModelInfluence(models)
    total = float(weights.sum())
    if total > 0.0:
        ratio = float(weights @ predicted) / total
        normal = weights * (len(weights) / total)
        expected = ratio + normal * (predicted - ratio)
    else:
        normal, expected = np.ones(len(log)), predicted
    return Evidence(
        rewards=log.rewards,
        weights=weights,
        predicted=predicted,
        expected=expected,
        weight_bound=max(float(chosen.max() / log.propensities.min()), _NO_BOUND),
        is_direct=False,
        influence=lambda kept: influences.of_predicted(normal[:, None] - kept),
    )
