"""Whether what past campaigns teach helps campaigns that it has not seen: later ones, told by what came before them.

Campaigns stand in order of their start, in ``BLOCKS`` parts. Each but the first is told twice, raw and corrected by all
parts before it. A metric whose corrected quantiles lose no less there is told as its raw law has it. What is taken is
then learned from all campaigns. Flights that overlap meet the same days, so such a trial is a little kind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from adplat.domain import TOLD_LEVELS, Metric, Progress
from adplat.forecast.arrays import Floats
from adplat.forecast.campaign_correction import CampaignCorrection, MetricCorrection
from adplat.forecast.fit_correction import WORTH, fit_correction
from adplat.forecast.past_campaigns import PastCampaigns
from adplat.statistics import pinball_losses

BLOCKS = 4
FEWEST_CAMPAIGNS = 40
"""With fewer, the first of them teach next to nothing, and too few are left to judge by."""
NONE = "none"


@dataclass(frozen=True, slots=True)
class CorrectionTrial:
    """Of one metric.

    Args:
        campaigns: that told it, and of which it is known what happened.
        way: what won: ``offsets``, ``trees``, ``levels`` alone, or ``none``: it is told as before.
        judged: later campaigns that were told by those before them.
        loss_before, loss_after: their mean pinball loss over ``TOLD_LEVELS``, raw and corrected, in the metric's units;
            ``None`` where there were too few to judge.
    """

    campaigns: int
    way: str
    judged: int = 0
    loss_before: float | None = None
    loss_after: float | None = None


def tried_correction(
    past: PastCampaigns, progress: Progress, *, seed: int = 0
) -> tuple[CampaignCorrection, dict[Metric, CorrectionTrial]]:
    """What was learned and helps, and how every metric did.

    Cost: at most two and a half times that of ``fit_correction``.
    """
    taken: dict[Metric, MetricCorrection] = {}
    trials: dict[Metric, CorrectionTrial] = {}
    total = BLOCKS * len(past.laws)
    for place, metric in enumerate(past.laws):
        progress(place * BLOCKS, total, "learning from past campaigns")
        part = _known(past, metric)
        if len(part) < FEWEST_CAMPAIGNS:
            trials[metric] = CorrectionTrial(len(part), NONE)
            continue
        judged, before, after = _judged(part, metric, seed, place * BLOCKS, total, progress)
        way = NONE
        if after < before * (1.0 - WORTH):
            taken[metric] = fit_correction(part, _silent, seed=seed).metrics[metric]
            way = way_of(taken[metric])
        trials[metric] = CorrectionTrial(len(part), way, judged, before, after)
    progress(total, total, "learning from past campaigns")
    return CampaignCorrection(past.names, taken, len(past) if taken else 0), trials


def way_of(correction: MetricCorrection) -> str:
    """In one word."""
    if correction.trees is not None:
        return "trees"
    return "offsets" if correction.offsets else "levels"


def _known(past: PastCampaigns, metric: Metric) -> PastCampaigns:
    """Those of which it is known, this metric alone, in order of their start."""
    known = np.flatnonzero(np.isfinite(past.actual[metric]))
    ordered = known[np.argsort(past.starts_s[known], kind="stable")]
    part = past.take(ordered)
    return replace(part, laws={metric: part.laws[metric]}, actual={metric: part.actual[metric]})


def _judged(
    part: PastCampaigns, metric: Metric, seed: int, done: int, total: int, progress: Progress
) -> tuple[int, float, float]:
    """How many were told, and their mean loss before and after."""
    edges = np.linspace(0, len(part), BLOCKS + 1).round().astype(np.int64)
    before: list[Floats] = []
    after: list[Floats] = []
    for block in range(1, BLOCKS):
        earlier, later = np.arange(edges[block]), np.arange(edges[block], edges[block + 1])
        learned = fit_correction(part.take(earlier), _silent, seed=seed)
        before.append(_losses(CampaignCorrection(), metric, part.take(later)))
        after.append(_losses(learned, metric, part.take(later)))
        progress(done + block, total, "learning from past campaigns")
    told = np.concatenate(before)
    return len(told), float(told.mean()), float(np.concatenate(after).mean())


def _losses(correction: CampaignCorrection, metric: Metric, part: PastCampaigns) -> Floats:
    told = correction.quantiles(metric, part.laws[metric], part.features, part.slices)
    return pinball_losses(part.actual[metric], told, TOLD_LEVELS)


def _silent(_done: int, _total: int, _what: str) -> None:
    """The trial tells its own progress."""
