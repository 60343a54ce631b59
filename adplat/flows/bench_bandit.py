"""``adplat bench bandit``: what is claimed of choosing creatives, point by point."""

from __future__ import annotations

from collections.abc import Sequence

from adplat.domain import Figure
from adplat.flows.bench_bandit_delay import delay_figures
from adplat.flows.bench_bandit_off_policy import open_bandit_figures, synthetic_figures
from adplat.flows.bench_bandit_regret import regret_figures
from adplat.flows.bench_bandit_replay import replay_figures
from adplat.flows.bench_bandit_speed import speed_figures
from adplat.flows.bench_run import BenchRun


def bench_bandit(run: BenchRun) -> Sequence[Figure]:
    """Point 3: off-policy evaluation on published logs and beside a known truth. Point 4: the default policy beside
    Vowpal Wabbit and MABWiser. Point 5: replays.

    Raises MissingInput without the Open Bandit logs (``ADPLAT_DATA``) when their figures are wanted.
    """
    figures: list[Figure] = []
    if run.wants("bandit.3.open_bandit"):
        figures += open_bandit_figures(run.progress)
    if run.wants("bandit.3.synthetic"):
        figures += synthetic_figures(run.progress, quick=run.quick)
    if any(run.wants(prefix) for prefix in ("bandit.4.content", "bandit.4.useless", "bandit.4.steady_state")):
        figures += regret_figures(run)
    if run.wants("bandit.4.speed"):
        figures += speed_figures(run)
    if run.wants("bandit.5.delay"):
        figures += delay_figures(run)
    if run.wants("bandit.5.replay"):
        figures += replay_figures(run)
    return figures
