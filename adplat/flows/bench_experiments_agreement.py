"""The same units through statsmodels and tea-tasting, which run in an environment of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from adplat.domain import Figure
from adplat.experiments import analyze, parse_spec
from adplat.flows.bench_run import BenchRun
from adplat.flows.rival_environment import rival_python
from adplat.flows.rival_process import RivalProcess
from adplat.statistics import Float64

SEEDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
EXACT = 1e-9


def agreement_figures(run: BenchRun) -> list[Figure]:
    """The largest relative deviation of limits and p-values over the seeds, by library and estimand."""
    python = rival_python(run.cache_dir, run.progress)
    worst: dict[tuple[str, str], float] = {}
    with RivalProcess(python, run.cache_dir / "rivals" / "statistics.log") as process:
        for seed in SEEDS:
            asked, ours = _case(seed)
            told = process.ask("experiment_statistics", **asked)
            for library in ("statsmodels", "tea-tasting"):
                for name, theirs in told[library].items():
                    apart = np.abs(np.asarray(ours[name]) / np.asarray(theirs) - 1.0).max()
                    worst[library, name] = max(worst.get((library, name), 0.0), float(apart))
    return [
        Figure(
            f"experiments.1.agreement.{library.replace('-', '_')}.{name}",
            f"{name}: limits and p-values, largest relative deviation",
            apart,
            "share",
            "<=",
            EXACT,
            n=len(SEEDS),
            seeds=SEEDS,
            rival=library,
        )
        for (library, name), apart in worst.items()
    ]


def _case(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Units to send to the libraries, and what an analysis of their sums says."""
    rng = np.random.default_rng(seed)
    columns: dict[str, list[float]] = {name: [] for name in ("variant", "y", "d", "x")}
    arms: list[dict[str, Any]] = []
    for variant, count in enumerate(rng.integers(300, 3000, 2).tolist()):
        liking = rng.gamma(4.0, 0.25, count)
        shown = 1.0 + rng.poisson(20.0, count)
        clicked = rng.binomial(shown.astype(np.int64), np.minimum(0.1 * liking * (1.0 + 0.1 * variant), 1.0)) * 1.0
        for name, column in (("variant", np.full(count, float(variant))), ("y", clicked), ("d", shown), ("x", liking)):
            columns[name] += column.tolist()
        arms.append(_arm(variant, clicked, shown, liking))
    counts = [(int(rng.integers(3, 60)), int(rng.integers(1000, 9000))) for _ in range(2)]
    rates = [{"name": str(number), "n": n, "sum": k} for number, (k, n) in enumerate(counts)]
    many = [{"name": str(number), "n": 5000, "sum": int(k)} for number, k in enumerate(rng.binomial(5000, 0.03, 12))]
    plain = [one["p_value"] for one in _analyzed("proportion", many)["comparisons"]]
    first = _analyzed("proportion", rates)
    return (
        {"units": columns, "counts": counts, "p_values": plain},
        {
            "mean": _said(_analyzed("mean", [_only(arm) for arm in arms])),
            "covariate": _said(_analyzed("mean", [_only(arm, "covariate") for arm in arms])),
            "ratio": _said(_analyzed("ratio", [_only(arm, "denominator") for arm in arms])),
            "rates": _said(first),
            "arm": first["arms"][0]["ci"],
            **{
                name: [one["p_value_adjusted"] for one in _analyzed("proportion", many, correction=name)["comparisons"]]
                for name in ("holm", "bh")
            },
        },
    )


def _analyzed(kind: str, arms: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    metric = {"name": kind, "kind": kind}
    return analyze(parse_spec({"metric": metric, "arms": arms, "difference": "absolute", **more}, where="bench"))


def _said(document: dict[str, Any]) -> list[float]:
    (one,) = document["comparisons"]
    return [*one["ci"], one["p_value"]]


def _only(arm: dict[str, Any], *extra: str) -> dict[str, Any]:
    return {name: arm[name] for name in ("name", "n", "sum", "sum_squares", *extra)}


def _arm(variant: int, y: Float64, d: Float64, x: Float64) -> dict[str, Any]:
    def beside(column: Float64) -> dict[str, float]:
        return {
            "sum": float(column.sum()),
            "sum_squares": float((column**2).sum()),
            "sum_products": float((column * y).sum()),
        }

    return {
        "name": str(variant),
        "n": len(y),
        "sum": float(y.sum()),
        "sum_squares": float((y**2).sum()),
        "denominator": beside(d),
        "covariate": beside(x),
    }
