"""When a log says nothing about a policy: every reason, in a sentence, with its number."""

from __future__ import annotations

from adplat.bandit.off_policy.coverage import Coverage
from adplat.bandit.off_policy.weights import WeightReport

LEAST_ESS = 100.0
MOST_WEIGHT_SHARE = 0.10
MOST_UNCOVERED = 0.05


def reasons_to_refuse(weights: WeightReport, coverage: Coverage) -> tuple[str, ...]:
    """Empty where the estimates may be used.

    The mean weight judges coverage where candidates' propensities are unknown: it must be able to be 1, give or take
    ``MOST_UNCOVERED``.
    """
    reasons = []
    if weights.ess < LEAST_ESS:
        reasons.append(
            f"the weighted rows are worth {weights.ess:.2f} rows (effective sample size), and at least "
            f"{LEAST_ESS:.0f} are needed: the policy does what the log hardly ever did"
        )
    if weights.largest_share > MOST_WEIGHT_SHARE:
        reasons.append(
            f"one row holds {100.0 * weights.largest_share:.1f} % of all weight (its weight is "
            f"{weights.largest:,.4g}), and at most {100.0 * MOST_WEIGHT_SHARE:.0f} % is allowed: "
            "the estimate would be that row's reward"
        )
    if coverage.impossible is not None and coverage.impossible > MOST_UNCOVERED:
        reasons.append(
            f"{100.0 * coverage.impossible:.1f} % of what the policy would do had no chance under the logging "
            "policy: of that the log knows nothing"
        )
    elif weights.mean_high < 1.0 - MOST_UNCOVERED:
        reasons.append(
            f"the weights average {weights.mean:.3f} where 1 is expected: about {100.0 * (1.0 - weights.mean):.0f} % "
            "of what the policy would do had no chance under the logging policy"
        )
    if weights.mean_low > 1.0 + MOST_UNCOVERED:
        reasons.append(
            f"the weights average {weights.mean:.3f} where 1 is expected: the logged propensities are too small, or "
            "the policy's probabilities are those of no policy"
        )
    return tuple(reasons)
