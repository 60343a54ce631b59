"""Drafting and review: are drafts such that they may run, and does the review see what may not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adplat.domain import Figure
from adplat.flows.bench_generation_review import review_figures
from adplat.flows.bench_run import BenchRun


def bench_generation(run: BenchRun) -> Sequence[Figure]:
    """Cost: about eight minutes on one core, most of it letters read in pictures."""
    parts: tuple[tuple[str, str, Callable[[BenchRun], list[Figure]]], ...] = (
        ("generation.3", "planted creatives", review_figures),
    )
    figures: list[Figure] = []
    for number, (prefix, told, part) in enumerate(parts):
        run.progress(number, len(parts), told)
        if run.wants(prefix):
            figures += part(run)
    return figures
