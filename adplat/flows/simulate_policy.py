"""A policy in a world of its own: people ask, it chooses, they respond by the known truth, it learns.

Every policy meets the same people at the same moments. What it did to them (fatigue) is its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from adplat.bandit import policy_named
from adplat.ctr import KeptBundle
from adplat.data import as_config, load_side_tables, training_rows
from adplat.domain import ConfigRejected, InputError, MissingInput, Progress
from adplat.features import merge_items
from adplat.flows.play_public import PlayLog, play_public
from adplat.flows.serve_offline import BundlePredictor, LevelPredictor, OfflineAdServer, Predictor
from adplat.simulator import World, WorldConfig, build_world

NO_MODEL = "none"


@dataclass(frozen=True)
class SimulatedPolicy:
    """What one policy made of the requests; ``bundle_id`` says whose predictions it read, or "none"."""

    policy: str
    seed: int
    bundle_id: str
    world: str
    utc_offset_hours: int
    log: PlayLog

    def document(self) -> dict[str, Any]:
        """What ``adplat bandit simulate --json`` prints; rates and regret are those of the known truth.

        ``regret`` counts expected clicks lost to the best candidate of each request, ``regret_of_uniform`` what
        showing a random candidate would have lost in the same moments. Days are local ones.
        """
        lost, random_lost = self.losses()
        log = self.log
        days = [f"{moment + timedelta(hours=self.utc_offset_hours):%Y-%m-%d}" for moment in log.times]
        return {
            "world": self.world,
            "policy": self.policy,
            "bundle": self.bundle_id,
            "seed": self.seed,
            "requests": len(log),
            "clicks": sum(log.clicked),
            "regret": float(lost.sum()),
            "regret_of_uniform": float(random_lost.sum()),
            "ctr": float(np.mean(log.true_chosen)),
            "best_ctr": float(np.mean(log.true_best)),
            "uniform_ctr": float(np.mean(log.true_mean)),
            "by_day": [self._day(day, np.array(days) == day) for day in dict.fromkeys(days)],
        }

    def losses(self) -> tuple[np.ndarray, np.ndarray]:
        """``(n,)`` expected clicks lost by each request: the policy's, and those of a random candidate."""
        best = np.array(self.log.true_best)
        return best - np.array(self.log.true_chosen), best - np.array(self.log.true_mean)

    def _day(self, day: str, mine: np.ndarray) -> dict[str, Any]:
        lost, random_lost = self.losses()
        return {
            "day": day,
            "requests": int(mine.sum()),
            "clicks": int(np.array(self.log.clicked)[mine].sum()),
            "regret": float(lost[mine].sum()),
            "regret_of_uniform": float(random_lost[mine].sum()),
            "ctr": float(np.array(self.log.true_chosen)[mine].mean()),
        }


def simulate_policies(
    folder: Path,
    policies: Sequence[str],
    *,
    requests: int,
    seed: int,
    bundle: Path | None,
    cache_dir: Path,
    progress: Progress,
) -> list[SimulatedPolicy]:
    """Play each policy in the world of ``folder`` from where its log ends.

    With a ``bundle`` candidates are scored by it, else every candidate is predicted the log's click rate. Cost:
    linear in requests and policies; about a millisecond a request, two with a bundle.

    Raises ConfigRejected (no such policy, no request), MissingInput or InputError where the folder is no world.
    """
    if requests < 1:
        raise ConfigRejected(f"{requests} requests", where="--requests", hint="give 1 or more")
    made = {name: policy_named(name) for name in policies}  # before anything is read
    if not made:
        raise ConfigRejected("no policy is named", where="--policy", hint="name one or more, e.g. thompson-with-prior")
    world = world_of(folder)
    kept = None if bundle is None else KeptBundle.open(bundle)
    found = []
    for name, policy in made.items():
        predictor: Predictor = (
            LevelPredictor(_log_click_rate(folder)) if kept is None else _scoring(kept, folder, cache_dir, progress)
        )
        server = OfflineAdServer(predictor, {name: policy}, np.random.default_rng([seed, 5]))

        def told(done: int, total: int, what: str, name: str = name) -> None:
            progress(done, total, f"{what} to {name}")

        rng = np.random.default_rng([seed, 7])
        log = play_public(world.public(seed), server, requests, rng, told, policies=(name, name))
        bundle_id = NO_MODEL if kept is None else kept.scorer.bundle_id
        offset = world.config.utc_offset_hours
        found.append(SimulatedPolicy(name, seed, bundle_id, world.config.name, offset, log))
    return found


def world_of(folder: Path) -> World:
    """The world that was written to this folder, truth and all. Raises MissingInput, InputError, ConfigRejected."""
    path = folder / "truth" / "world.json"
    if not path.is_file():
        raise MissingInput(
            "there is no simulated world", where=str(folder), hint="make one with adplat simulate WORLD.yaml --out DIR"
        )
    try:
        facts: Mapping[str, Any] = json.loads(path.read_bytes())
        config, seed = facts["config"], int(facts["seed"])
    except (ValueError, KeyError, TypeError):
        raise InputError(
            "the world's facts cannot be read", where=str(path), hint="write the world again with adplat simulate"
        ) from None
    return build_world(as_config(config, WorldConfig, where=str(path)), seed)


def _scoring(kept: KeptBundle, folder: Path, cache_dir: Path, progress: Progress) -> BundlePredictor:
    tables = load_side_tables(kept.schema, folder)
    given = kept.scorer.encoding.item_block(tables["creatives"], folder, cache_dir, progress)
    users = dict(kept.scorer.encoding.known_users(tables["users"], kept.histories))
    return BundlePredictor(kept.scorer, merge_items(kept.items, given), users)


def _log_click_rate(folder: Path) -> float:
    clicked = training_rows(folder)["click"].to_numpy()
    return float(clicked.mean())
