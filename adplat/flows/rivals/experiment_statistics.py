"""What statsmodels and tea-tasting say of the same units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import tea_tasting as tt
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW


def experiment_statistics(request: dict[str, Any]) -> dict[str, Any]:
    """``units``: columns ``variant`` (0, 1), y, d, x; ``counts``: (successes, trials) of control and treatment."""
    frame = pd.DataFrame(request["units"])
    control, treatment = (frame["y"][frame["variant"] == number] for number in (0, 1))
    welch = CompareMeans(DescrStatsW(treatment), DescrStatsW(control))
    found = tt.Experiment(mean=tt.Mean("y"), covariate=tt.Mean("y", "x"), ratio=tt.RatioOfMeans("y", "d")).analyze(
        frame
    )
    (base, base_trials), (successes, trials) = request["counts"]
    return {
        "statsmodels": {
            "mean": [*map(float, welch.tconfint_diff(usevar="unequal")), float(welch.ttest_ind(usevar="unequal")[1])],
            "rates": [
                *map(
                    float,
                    confint_proportions_2indep(
                        successes, trials, base, base_trials, compare="diff", method="newcomb", alpha=0.05
                    ),
                ),
                float(proportions_ztest([successes, base], [trials, base_trials])[1]),
            ],
            "arm": [*map(float, proportion_confint(base, base_trials, method="wilson"))],
            "holm": multipletests(request["p_values"], method="holm")[1].tolist(),
            "bh": multipletests(request["p_values"], method="fdr_bh")[1].tolist(),
        },
        "tea-tasting": {
            name: [float(one.effect_size_ci_lower), float(one.effect_size_ci_upper), float(one.pvalue)]
            for name, one in ((name, found[name]) for name in ("mean", "covariate", "ratio"))
        },
        "numpy": np.__version__,
    }
