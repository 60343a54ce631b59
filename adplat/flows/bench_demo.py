"""The demo's two claims over many seeds, without the service.

The bandit beats random creatives, and pictures and words help with creatives never shown.
"""

from __future__ import annotations

import math
import multiprocessing
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adplat.bandit import policy_named
from adplat.ctr import KeptBundle
from adplat.data import configs_folder, load_side_tables
from adplat.domain import Figure, SystemClock
from adplat.features import merge_items
from adplat.flows.bench_run import BenchRun, silent
from adplat.flows.play_public import BANDIT, RANDOM, play_public
from adplat.flows.rank_creatives import policies_of
from adplat.flows.run_demo import ID_ONLY, MULTIMODAL, DemoPlan, learn_world
from adplat.flows.serve_offline import BundlePredictor, OfflineAdServer
from adplat.snapshots import PolicySettings

SEEDS, QUICK_SEEDS = 20, 3
REQUESTS, QUICK_REQUESTS = 20_000, 6_000
HOLDING_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class SeedResult:
    """One seed: click rate difference bandit minus random with its lower bound, and AUCs on new creatives."""

    seed: int
    difference: float
    difference_low: float
    lift: float
    auc: float
    auc_id_only: float


def bench_demo(run: BenchRun) -> Sequence[Figure]:
    """Play every seed in two processes. Cost: linear in seeds; about a minute a seed on one core."""
    seeds = tuple(range(101, 101 + (QUICK_SEEDS if run.quick else SEEDS)))
    requests = QUICK_REQUESTS if run.quick else REQUESTS
    results: list[SeedResult] = []
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=2, mp_context=spawn) as pool:
        waiting = [pool.submit(play_seed, seed, requests) for seed in seeds]
        for done, future in enumerate(as_completed(waiting), start=1):
            results.append(future.result())
            run.progress(done, len(seeds), "seeds")
    return figures_of(sorted(results, key=lambda result: result.seed))


def figures_of(results: Sequence[SeedResult]) -> list[Figure]:
    """The claims, from the seeds' results."""
    seeds = tuple(result.seed for result in results)
    count, needed = len(seeds), float(math.ceil(HOLDING_SHARE * len(seeds)))
    gains = np.array([result.auc - result.auc_id_only for result in results])
    lifts = np.array([result.lift for result in results])
    return [
        Figure(
            "loop.2.bandit_beats_random",
            "seeds whose 95 % interval of click rate, bandit minus random, lies above zero",
            float(sum(result.difference_low > 0 for result in results)),
            "seeds",
            ">=",
            needed,
            n=count,
            seeds=seeds,
            rival="random creatives",
        ),
        Figure(
            "loop.2.multimodal_beats_id_only",
            "seeds in which the multimodal model ranks never-shown creatives better than its ID-only twin (AUC)",
            float((gains > 0).sum()),
            "seeds",
            ">=",
            needed,
            n=count,
            seeds=seeds,
            rival="ID-only",
        ),
        Figure(
            "loop.2.lift",
            "relative lift in click rate of the bandit over random, mean over seeds",
            float(lifts.mean()),
            "",
            ">=",
            0.0,
            n=count,
            seeds=seeds,
            interval=_mean_interval(lifts),
            rival="random creatives",
            rival_value=0.0,
        ),
        Figure(
            "loop.2.auc_on_new",
            "AUC on never-shown creatives, mean over seeds",
            float(np.mean([result.auc for result in results])),
            "AUC",
            ">=",
            float(np.mean([result.auc_id_only for result in results])),
            n=count,
            seeds=seeds,
            interval=_mean_interval(np.array([result.auc for result in results])),
            rival="ID-only",
            rival_value=float(np.mean([result.auc_id_only for result in results])),
        ),
    ]


def play_seed(seed: int, requests: int) -> SeedResult:
    """Everything of one seed in a folder of its own, removed afterwards."""

    with tempfile.TemporaryDirectory(prefix="adplat-bench-") as place:
        folder = Path(place)
        configs = configs_folder()
        plan = DemoPlan(configs / "worlds" / "demo.yaml", configs / "ctr" / "marketplace.yaml", folder, requests, seed)
        learned = learn_world(plan, SystemClock(), silent, with_rivals=False)
        kept = KeptBundle.open(Path(learned.outcome.bundle.path))
        tables = load_side_tables(kept.schema, learned.world_folder)
        encoding = kept.scorer.encoding
        given = encoding.item_block(tables["creatives"], learned.world_folder, folder / "cache", silent)
        users = dict(encoding.known_users(tables["users"], kept.histories))
        settings = PolicySettings()
        policies = {
            BANDIT: policies_of(settings)[BANDIT],
            RANDOM: policy_named(RANDOM),
        }
        rng = np.random.default_rng([seed, 5])
        predictor = BundlePredictor(kept.scorer, merge_items(kept.items, given), users)
        server = OfflineAdServer(predictor, policies, rng)
        public = learned.world.public(seed)
        log = play_public(public, server, requests, np.random.default_rng([seed, 7]), silent, salt=str(seed))
    difference = log.difference()
    return SeedResult(
        seed,
        difference.value,
        difference.low,
        log.lift().value,
        learned.on_new[MULTIMODAL]["auc"],
        learned.on_new[ID_ONLY]["auc"],
    )


def _mean_interval(values: np.ndarray) -> tuple[float, float]:
    """Mean ± 1.96 standard errors over seeds."""
    spread = 1.96 * float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else math.inf
    return float(values.mean()) - spread, float(values.mean()) + spread
