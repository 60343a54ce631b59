"""``adplat bench ctr``: the multimodal model beside its rivals, on this machine, in one run.

What is only judged (points 1 to 4) runs on two cores at once; what is timed runs alone afterwards.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adplat.domain import Figure, SystemClock
from adplat.flows.bench_ctr_frappe import FrappeFiles, write_frappe
from adplat.flows.bench_ctr_quality import FUXICTR, OurRun, our_quality, quality_figures
from adplat.flows.bench_ctr_scoring import (
    QUICK_ROUNDS,
    ROUNDS,
    frappe_figures,
    media_request,
    user_once_figures,
)
from adplat.flows.bench_real import real_data_folder
from adplat.flows.bench_run import BenchRun, silent
from adplat.flows.rival_environment import rival_python
from adplat.flows.rival_quality import Quality, frappe_rivals, rival_quality

LANES = 2
SEEDS = (1, 2, 3)
RIVAL_SEEDS = (1,)
QUICK_ROWS, QUICK_EPOCHS = 20_000, 2
BESIDE_FUXICTR = ("ctr.5.p50_32", "ctr.5.speed_1000", "ctr.5.auc")


@dataclass
class _Parts:
    """Parts under way, each with the place its result goes to."""

    pool: ProcessPoolExecutor
    run: BenchRun
    waiting: dict[Future[Any], Callable[[Any], None]] = field(default_factory=dict)

    def add(self, keep: Callable[[Any], None], work: Callable[..., Any], *told: Any) -> None:
        """Run ``work(*told)`` in a process of its own and give its result to ``keep``."""
        self.waiting[self.pool.submit(work, *told)] = keep

    def finish(self) -> None:
        """Wait for all; the first failure ends the benchmark."""
        total = len(self.waiting)
        self.run.progress(0, total, "models trained and judged")
        for done, future in enumerate(as_completed(self.waiting), start=1):
            self.waiting[future](future.result())
            self.run.progress(done, total, "models trained and judged")


def bench_ctr(run: BenchRun) -> Sequence[Figure]:
    """All points asked for. Cost: about 40 minutes on two cores, 3 with ``--quick``; a rival's quality is cached."""
    figures: list[Figure] = []
    ours: list[OurRun] = []
    rivals: list[Quality] = []
    with tempfile.TemporaryDirectory(prefix="adplat-bench-") as name:
        place = Path(name)
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(max_workers=LANES, mp_context=spawn) as pool:
            parts = _Parts(pool, run)
            if any(run.wants(point) for point in ("ctr.1", *BESIDE_FUXICTR)):
                files = write_frappe(real_data_folder() / "frappe_x1", place / "frappe", QUICK_ROWS if run.quick else 0)
                _frappe_parts(parts, run, files, place, ours.append, rivals.append)
            parts.finish()
        if run.wants("ctr.1"):
            figures += quality_figures([one.quality for one in ours], rivals)
        if any(run.wants(point) for point in BESIDE_FUXICTR):
            figures += _beside_fuxictr(run, FrappeFiles(place / "frappe"), min(ours, key=_seed), rivals)
        if run.wants("ctr.5.user_once"):
            request = media_request(place, run.cache_dir, run.clock, run.progress)
            figures += user_once_figures(request, QUICK_ROUNDS if run.quick else ROUNDS, run.progress)
    return figures


def _seed(ours: OurRun) -> int:
    return ours.quality.seed


def _beside_fuxictr(run: BenchRun, files: FrappeFiles, ours: OurRun, rivals: Sequence[Quality]) -> list[Figure]:
    """Scoring with the first seed's bundle of point 1 beside the best FuxiCTR model of that point."""
    found = [quality for quality in rivals if quality.model in FUXICTR]
    best = max(found, key=lambda quality: quality.auc)
    told = frappe_rivals(best.seed, QUICK_EPOCHS if run.quick else None)
    rival = next(rival for rival in told if rival.model == best.model)
    rounds = QUICK_ROUNDS if run.quick else ROUNDS
    python = rival_python(run.cache_dir, run.progress)
    return frappe_figures(
        python, files, run.cache_dir, ours.bundle, ours.quality, rival, best.auc, rounds, run.progress
    )


def _frappe_parts(
    parts: _Parts,
    run: BenchRun,
    files: FrappeFiles,
    place: Path,
    ours: Callable[[OurRun], None],
    rivals: Callable[[Quality], None],
) -> None:
    """Ours over the seeds, and every rival; the rivals first, they take longest."""
    python = rival_python(run.cache_dir, run.progress)
    epochs = QUICK_EPOCHS if run.quick else None
    for seed in RIVAL_SEEDS:
        for rival in frappe_rivals(seed, epochs):
            parts.add(rivals, rival_quality, python, rival, files, run.cache_dir)
    for seed in SEEDS if run.wants("ctr.1") and not run.quick else SEEDS[:1]:
        parts.add(ours, _ours, files, seed, place, run.cache_dir, epochs)


def _ours(files: FrappeFiles, seed: int, place: Path, cache_dir: Path, epochs: int | None) -> OurRun:
    return our_quality(files, seed, place / "bundles" / str(seed), cache_dir, SystemClock(), silent, epochs)
