"""Two bundles on the same rows: each measure of both, and an interval of the difference.

The interval is a paired bootstrap by user: each replicate draws users, takes all rows of each, and measures both
bundles on the very same draw. What makes rows hard for both then cancels, and rows of one user stay together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adplat import statistics
from adplat.ctr.judging import Judged, JudgedScores, Mask
from adplat.ctr.quality import measure
from adplat.domain import Interval, Progress, TableRejected

LEVEL = 0.95
REPLICATES = 200
LOWER_IS_BETTER = frozenset({"logloss", "normalised_entropy", "ece"})
# PCOC is best at one: its difference says which way, not which is better.
MEASURES = ("auc", "logloss", "normalised_entropy", "ece", "pcoc")
_DRAWN: dict[str, Callable[..., float]] = {
    "auc": statistics.auc,
    "logloss": statistics.logloss,
    "normalised_entropy": statistics.normalised_entropy,
    "pcoc": statistics.pcoc,
}


def compare(judged: Judged, rng: np.random.Generator, progress: Progress) -> dict[str, Any]:
    """``overall`` and ``slices``: by measure the value of ``a`` and of ``b``, and b − a with its interval.

    Exactly two bundles are compared, ``a`` the first. Slices tell the interval of the log loss alone, the one
    measure that rewards rank and level together and is defined on every row. ``better`` names a bundle only
    where the interval excludes zero. Where there is a conversion head, ``conversions`` compares it on clicked rows.
    """
    a, b = judged.scores
    everything = np.ones(len(judged.clicked), np.bool_)
    wanted = [name for name in MEASURES if name in _DRAWN]
    steps = len(wanted) + len(judged.slices)
    overall = _measures(judged, a, b, everything)
    for step, name in enumerate(wanted):
        progress(step, steps, "measures compared")
        overall[name] |= _difference(name, judged, a, b, everything, rng)
    slices = {}
    for step, (name, mask) in enumerate(judged.slices.items(), start=len(wanted)):
        progress(step, steps, "measures compared")
        slices[name] = _measures(judged, a, b, mask)
        slices[name]["logloss"] |= _difference("logloss", judged, a, b, mask, rng)
    progress(steps, steps, "measures compared")
    return {
        "a": a.bundle_id,
        "b": b.bundle_id,
        "judged": {"a": a.how, "b": b.how},
        "rows": len(judged.clicked),
        "positives": int(judged.clicked.sum()),
        "drawn_by": "row" if judged.groups is None else "user",
        "level": LEVEL,
        "overall": overall,
        "slices": slices,
        "conversions": _conversions(judged, a, b),
    }


def _measures(judged: Judged, a: JudgedScores, b: JudgedScores, mask: Mask) -> dict[str, dict[str, Any]]:
    groups = None if judged.groups is None else judged.groups[mask]
    told = [measure(judged.clicked[mask], s.p_ctr[mask], groups, s.ranking[mask]) for s in (a, b)]
    found: dict[str, dict[str, Any]] = {"rows": {"a": told[0]["rows"], "b": told[1]["rows"]}}
    for name in (*MEASURES, "gauc"):
        left, right = (one.get(name) for one in told)
        found[name] = {"a": left, "b": right, "difference": None}
        if left is not None and right is not None:
            found[name]["difference"] = right - left
    return found


def _difference(
    name: str, judged: Judged, a: JudgedScores, b: JudgedScores, mask: Mask, rng: np.random.Generator
) -> dict[str, Any]:
    """The interval of b − a, and who is better where it says so; empty where the measure is undefined."""
    left, right = ((s.ranking if name == "auc" else s.p_ctr)[mask] for s in (a, b))
    groups = None if judged.groups is None else judged.groups[mask]
    try:
        found = statistics.paired_difference(
            _DRAWN[name], [judged.clicked[mask]], right, left, rng, REPLICATES, groups=groups, level=LEVEL
        )
    except TableRejected:  # one class only, or in too many draws: there is no interval to tell
        return {"interval": None, "better": None}
    return {"interval": [found.low, found.high], "better": _better(name, found)}


def _better(name: str, difference: Interval) -> str | None:
    if name == "pcoc" or not difference.excludes(0.0):
        return None
    return "b" if (difference.value < 0.0) == (name in LOWER_IS_BETTER) else "a"


def _conversions(judged: Judged, a: JudgedScores, b: JudgedScores) -> dict[str, Any] | None:
    """Both conversion heads on clicked rows, where they speak; ``None`` where one of the two has none."""
    if judged.converted is None or a.p_cvr is None or b.p_cvr is None:
        return None
    clicked = judged.clicked > 0.5
    told = {side: measure(judged.converted[clicked], p[clicked]) for side, p in (("a", a.p_cvr), ("b", b.p_cvr))}
    return {name: {side: told[side][name] for side in told} for name in ("rows", "positives", *MEASURES)}
