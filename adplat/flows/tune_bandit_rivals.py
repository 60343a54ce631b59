"""Settings for the bandits' rivals, tried on worlds and seeds that never score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adplat.data import configs_folder, read_yaml
from adplat.domain import Clock, Progress
from adplat.flows.bandit_rivals import BanditRival, rival_places
from adplat.flows.bandit_tape import LIVE, Tape, shuffled, tape_of
from adplat.flows.bandit_worlds import bandit_world


@dataclass(frozen=True)
class Trial:
    """Regret over that of random creatives, mean over runs, with the model as it is and with a useless one."""

    rival: BanditRival
    content: float
    useless: float

    @property
    def mean(self) -> float:
        """What settings are chosen by: nobody knows beforehand how good a model is."""
        return (self.content + self.useless) / 2.0


def tune_bandit_rivals(
    python: Path, cache_dir: Path, clock: Clock, progress: Progress, *, decisions: int, warm_up: int
) -> list[Trial]:
    """Try every candidate of ``configs/bench/bandit_tuning.yaml``, each on the same runs, in that order.

    Cost: about 2 s a run and candidate; what was played before is cached.
    """
    told = read_yaml(configs_folder() / "bench" / "bandit_tuning.yaml")
    worlds, seeds = told.pop("worlds"), told.pop("seeds")
    drawn = {world: bandit_world(world, cache_dir, clock) for world in worlds}
    true = {world: {seed: tape_of(drawn[world], seed, decisions, warm_up) for seed in seeds} for world in worlds}
    candidates = [
        BanditRival(name, package, settings)
        for package, rivals in told.items()
        for name, tried in rivals.items()
        for settings in tried
    ]
    trials = []
    for number, rival in enumerate(candidates, start=1):
        content: list[float] = []
        useless: list[float] = []
        for world, tapes in true.items():
            wrong = {seed: shuffled(tape, seed) for seed, tape in tapes.items()}
            for kind, ratios in ((tapes, content), (wrong, useless)):
                places = rival_places(python, [rival], kind, drawn[world].names, cache_dir)
                ratios += [_share(tape, places[rival.name, seed]) for seed, tape in kind.items()]
        trials.append(Trial(rival, float(np.mean(content)), float(np.mean(useless))))
        progress(number, len(candidates), f"settings tried: {rival.name} {dict(rival.settings)} {trials[-1].mean:.4f}")
    return trials


def best_of(trials: Sequence[Trial]) -> dict[str, Trial]:
    """The best of each rival by name."""
    found: dict[str, Trial] = {}
    for trial in trials:
        known = found.get(trial.rival.name)
        if known is None or trial.mean < known.mean:
            found[trial.rival.name] = trial
    return found


def _share(tape: Tape, places: np.ndarray) -> float:
    chances = tape.chances()
    random = (chances.max(axis=1) - chances.sum(axis=1) / LIVE).sum()
    return float(tape.regret(places).sum() / random)
