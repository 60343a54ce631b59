"""Off-policy evaluation judged: exact on the Open Bandit logs, right and honest beside a known truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from adplat.data import read_table
from adplat.domain import Figure, Progress
from adplat.flows.bench_bandit_synthetic import SyntheticRun, measure_synthetic
from adplat.flows.bench_parts import LANES, Part, run_parts
from adplat.flows.bench_real import real_data_folder
from adplat.flows.bench_run import silent
from adplat.flows.evaluate_policy import evaluate_policy

LOGS = tuple(f"{policy}/{campaign}" for policy in ("random", "bts") for campaign in ("all", "men", "women"))
REFUSED = "bts/women"
ROWS = 10_000
SEEDS, QUICK_SEEDS = 500, 40
PUBLISHED_ERROR = 0.006175  # DR in st-tech/zr-obp, examples/synthetic, 20 runs


@dataclass(frozen=True)
class Setting:
    """``temperature`` of the logging policy ``softmax(temperature q)``, ``sharpness`` of the evaluated ``∝ q̂^s``."""

    name: str
    temperature: float
    sharpness: float


# In the second the log prefers what the policy avoids, and is worth about a sixth of its rows.
PUBLISHED, OPPOSED = Setting("published", 3.0, 1.0), Setting("opposed", -3.0, 8.0)


def open_bandit_figures(progress: Progress) -> list[Figure]:
    """IPW, SNIPW and ESS of the uniform policy against the formulas written out; what the gate says of bts/women."""
    worst, refused = 0.0, {}
    for number, name in enumerate(LOGS):
        progress(number, len(LOGS), f"Open Bandit: {name}")
        folder = real_data_folder() / "open_bandit" / name
        found = evaluate_policy(folder, policy_name="uniform", replicates=200, progress=silent)
        ours = (found.estimates["ipw"].value, found.estimates["snipw"].value, found.weights.ess)
        plain = written_out(read_table(folder / f"{folder.name}.csv"))
        worst = max(worst, *(abs((one or 0.0) - other) / other for one, other in zip(ours, plain, strict=True)))
        refused[name] = found
    progress(len(LOGS), len(LOGS), "Open Bandit")
    told = refused.pop(REFUSED)
    return [
        Figure(
            "bandit.3.open_bandit.exact",
            "IPW, SNIPW and ESS of the uniform policy on the six small logs against the formulas written out, worst",
            worst,
            "relative error",
            "<=",
            1e-9,
            n=len(LOGS) * ROWS,
        ),
        Figure(
            "bandit.3.open_bandit.refused",
            f"{REFUSED} is refused: effective sample size {told.weights.ess:.2f} of {told.rows:,}, one row holds "
            f"{100 * told.weights.largest_share:.0f} % of the weight",
            float(told.verdict == "refused"),
            "refused",
            ">=",
            1.0,
            n=told.rows,
        ),
        Figure(
            "bandit.3.open_bandit.let_through",
            "of the other five logs, let through (effective sample size 340 to 10,000)",
            float(sum(one.verdict == "ok" for one in refused.values())),
            "logs",
            ">=",
            float(len(refused)),
            n=len(refused) * ROWS,
        ),
    ]


def written_out(log: pl.DataFrame) -> tuple[float, float, float]:
    """IPW, SNIPW and ESS of the uniform policy over the items of a published log."""
    rewards = log["click"].to_numpy().astype(np.float64)
    weights = 1.0 / log["item_id"].n_unique() / log["propensity_score"].to_numpy()
    return (
        float(np.mean(weights * rewards)),
        float(np.sum(weights * rewards) / np.sum(weights)),
        float(np.sum(weights) ** 2 / np.sum(weights**2)),
    )


def synthetic_figures(progress: Progress, *, quick: bool = False) -> list[Figure]:
    """Error of DR in the published setting, coverage of its interval there and where the log is opposed.

    Cost: about a second a seed and setting, in two processes.
    """
    seeds = range(QUICK_SEEDS if quick else SEEDS)
    parts = [
        Part(f"{setting.name} {lane}", measure_seeds, (setting, tuple(seeds[lane::LANES])))
        for setting in (PUBLISHED, OPPOSED)
        for lane in range(LANES)
    ]
    found = run_parts(parts, progress)
    runs = {
        setting.name: sorted(
            (run for lane in range(LANES) for run in found[f"{setting.name} {lane}"]), key=lambda run: run.seed
        )
        for setting in (PUBLISHED, OPPOSED)
    }
    return figures_of(runs[PUBLISHED.name], runs[OPPOSED.name])


def measure_seeds(setting: Setting, seeds: Sequence[int]) -> list[SyntheticRun]:
    """One run a seed, in order."""
    return [measure_synthetic(seed, ROWS, setting.temperature, setting.sharpness) for seed in seeds]


def figures_of(published: Sequence[SyntheticRun], opposed: Sequence[SyntheticRun]) -> list[Figure]:
    """The claims from the runs of both settings."""
    errors = np.array([run.relative_error("dr") for run in published])
    spread = 1.96 * float(errors.std(ddof=1)) / len(errors) ** 0.5
    others = ", ".join(
        f"{name} {np.mean([run.relative_error(name) for run in published]):.4f}"
        for name in published[0].values
        if name != "dr"
    )
    figures = [
        Figure(
            "bandit.3.synthetic.error",
            f"relative error of DR, mean over seeds, ten arms and logistic rewards (beside it: {others})",
            float(errors.mean()),
            "relative error",
            "<=",
            0.0062,
            n=ROWS,
            seeds=tuple(run.seed for run in published),
            interval=(float(errors.mean()) - spread, float(errors.mean()) + spread),
            rival="Open Bandit Pipeline, as published, 30 arms",
            rival_value=PUBLISHED_ERROR,
        )
    ]
    for name, runs in (("coverage", published), ("opposed.coverage", opposed)):
        shares = {key: float(np.mean([run.covered[key] for run in runs])) for key in runs[0].covered}
        others = ", ".join(f"{key} {share:.3f}" for key, share in shares.items() if key != "dr")
        ess = float(np.median([run.ess for run in runs]))
        figures.append(
            Figure(
                f"bandit.3.synthetic.{name}",
                f"95 % intervals of DR that hold the truth, rows worth {ess:,.0f} (beside it: {others})",
                shares["dr"],
                "share",
                ">=",
                0.93,
                n=ROWS,
                seeds=tuple(run.seed for run in runs),
            )
        )
    return figures
