"""Drafting and review: are drafts such that they may run, and does the review see what may not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adplat.domain import Figure
from adplat.flows.bench_generation_drafts import draft_figures
from adplat.flows.bench_generation_review import review_figures
from adplat.flows.bench_generation_speed import painter_figures, speed_figures
from adplat.flows.bench_run import BenchRun


def bench_generation(run: BenchRun) -> Sequence[Figure]:
    """Cost: about twenty minutes: letters read in planted pictures, and 20 products drafted by every template."""
    parts: tuple[tuple[str, str, Callable[[BenchRun], list[Figure]]], ...] = (
        ("generation.1", "real products at thirteen sizes", draft_figures),
        ("generation.2", "speed", speed_figures),
        ("generation.3", "planted creatives", review_figures),
        ("generation.5", "a tiny image model", painter_figures),
    )
    figures: list[Figure] = []
    for number, (prefix, told, part) in enumerate(parts):
        run.progress(number, len(parts), told)
        if run.wants(prefix):
            figures += part(run)
    return figures
