"""``adplat bench ctr``: the multimodal model beside its rivals, on this machine, in one run.

What is only judged runs first, on two cores at once; what is timed runs alone afterwards, round by round beside its
rival.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adplat.domain import Figure, SystemClock
from adplat.flows.bench_ctr_calibration import (
    POSTERS,
    WORLDS,
    Judgement,
    calibration_figures,
    judge_posters,
    judge_world,
)
from adplat.flows.bench_ctr_delay import SEEDS as DELAY_SEEDS
from adplat.flows.bench_ctr_delay import WORLDS as DELAY_WORLDS
from adplat.flows.bench_ctr_delay import DelayResult, delay_figures, measure_delay_worlds
from adplat.flows.bench_ctr_frappe import FrappeFiles, write_frappe
from adplat.flows.bench_ctr_memory import memory_figures
from adplat.flows.bench_ctr_memory_media import media_memory_figures
from adplat.flows.bench_ctr_posters import (
    COLD,
    FOLDS,
    LATER,
    Judged,
    cold_figures,
    judge_cold_fold,
    judge_later,
    later_figures,
)
from adplat.flows.bench_ctr_quality import FUXICTR, OurRun, our_quality, quality_figures
from adplat.flows.bench_ctr_scoring import (
    QUICK_ROUNDS,
    ROUNDS,
    frappe_figures,
    media_request,
    user_once_figures,
)
from adplat.flows.bench_ctr_speed import (
    FRAPPE_TIMES,
    WIDE_TIMES,
    alternating_speeds,
    frappe_rival,
    our_speed_quality,
    speed_figures,
    wide_rival,
    wide_rival_quality,
)
from adplat.flows.bench_ctr_wide import write_wide
from adplat.flows.bench_parts import Part, run_parts
from adplat.flows.bench_real import real_data_folder
from adplat.flows.bench_run import BenchRun, silent
from adplat.flows.rival_environment import rival_python
from adplat.flows.rival_quality import Quality, frappe_rivals, rival_quality

SEEDS, RIVAL_SEED = (1, 2, 3), 1
QUICK_ROWS, QUICK_EPOCHS = 20_000, 2
WIDE_ROWS, QUICK_WIDE_ROWS = 61_440, 12_288
SPEED_ROUNDS, QUICK_SPEED_ROUNDS = 5, 2
MEMORY_ROWS, QUICK_MEMORY_ROWS = 150_000, 20_000
MEDIA_ROWS, QUICK_MEDIA_ROWS = 80_000, 8_000
# What each group of ids needs before it can be told.
BESIDE_FUXICTR = ("ctr.5.p50_32", "ctr.5.speed_1000", "ctr.5.auc")
COLD_IDS = ("ctr.2.cold", "ctr.2.gap", "ctr.2.image", "ctr.2.words")
CALIBRATION = "calibration, "
DELAY = "late conversions, "
OURS, RIVAL, FRAPPE_SPEED, WIDE_SPEED, WIDE_RIVAL = (
    "adplat, seed ",
    "rival ",
    "frappe speed",
    "wide speed",
    "wide rival",
)


@dataclass(frozen=True)
class _Bench:
    """One run: what was asked for, and the folder of everything that is gone afterwards."""

    run: BenchRun
    place: Path

    @property
    def epochs(self) -> int | None:
        """A quick look cuts every training short."""
        return QUICK_EPOCHS if self.run.quick else None

    @property
    def frappe(self) -> FrappeFiles:
        """Frappe's halves."""
        return FrappeFiles(self.place / "frappe")

    @property
    def wide(self) -> FrappeFiles:
        """The wide table."""
        return FrappeFiles(self.place / "wide" / "halves")

    def wants(self, *ids: str) -> bool:
        """Whether any of these was asked for."""
        return any(self.run.wants(one) for one in ids)

    def python(self) -> Path:
        """The rivals' interpreter."""
        return rival_python(self.run.cache_dir, self.run.progress)

    def parts(self) -> list[Part]:
        """Everything that is judged and not timed; what takes longest first."""
        parts: list[Part] = []
        if self.wants("ctr.1", *BESIDE_FUXICTR, "ctr.6.frappe"):
            write_frappe(real_data_folder() / "frappe_x1", self.frappe.folder, QUICK_ROWS if self.run.quick else 0)
            parts += self._frappe_parts()
        if self.wants("ctr.6.wide"):
            write_wide(self.wide.folder.parent, QUICK_WIDE_ROWS if self.run.quick else WIDE_ROWS)
            told = (self.python(), self.wide, self.run.cache_dir)
            parts.append(Part(WIDE_RIVAL, wide_rival_quality, told))
            parts.append(Part(WIDE_SPEED, _speed_quality, ("wide_speed", self.wide, self.place, self.run.cache_dir)))
        if self.wants("ctr.2.later"):
            parts.append(Part(LATER, _later, (self.run.cache_dir, self.run.quick)))
        if self.wants(*COLD_IDS):
            folds = range(1) if self.run.quick else range(FOLDS)
            parts += [Part(f"{COLD}{fold}", _cold_fold, (fold, self.run.cache_dir, self.run.quick)) for fold in folds]
        for name in (POSTERS, *WORLDS):
            if self.wants(f"ctr.3.{name}"):
                parts.append(Part(f"{CALIBRATION}{name}", _calibration, (name, self.run.cache_dir, self.run.quick)))
        if self.wants("ctr.4"):
            seeds = DELAY_SEEDS[:1] if self.run.quick else DELAY_SEEDS
            parts += [Part(f"{DELAY}{world}", _delay, (world, seeds, self.run.quick)) for world in DELAY_WORLDS]
        return parts

    def _frappe_parts(self) -> list[Part]:
        cache, files = self.run.cache_dir, self.frappe
        parts = [
            Part(f"{RIVAL}{rival.model}", rival_quality, (self.python(), rival, files, cache))
            for rival in frappe_rivals(RIVAL_SEED, self.epochs)
            if self.wants("ctr.1") or rival.package == "fuxictr"
        ]
        if self.wants("ctr.1", *BESIDE_FUXICTR):
            for seed in SEEDS if self.wants("ctr.1") and not self.run.quick else SEEDS[:1]:
                parts.append(Part(f"{OURS}{seed}", _ours, (files, seed, self.place, cache, self.epochs)))
        if self.wants("ctr.6.frappe"):
            parts.append(Part(FRAPPE_SPEED, _speed_quality, ("frappe_speed", files, self.place, cache, self.epochs)))
        return parts

    def figures(self, found: dict[str, Any]) -> list[Figure]:
        """What was judged, then what is timed now."""
        figures: list[Figure] = []
        ours = [run for name, run in found.items() if name.startswith(OURS)]
        rivals = [quality for name, quality in found.items() if name.startswith(RIVAL)]
        if self.wants("ctr.1"):
            figures += quality_figures([one.quality for one in ours], rivals)
        if self.wants(*BESIDE_FUXICTR):
            figures += self._beside_fuxictr(ours[0], rivals)
        if self.wants("ctr.5.user_once"):
            request = media_request(self.place, self.run.cache_dir, self.run.clock, self.run.progress)
            figures += user_once_figures(request, QUICK_ROUNDS if self.run.quick else ROUNDS, self.run.progress)
        if LATER in found:
            figures += later_figures(found[LATER])
        folds = [judged for name, judged in found.items() if name.startswith(COLD)]
        if folds:
            figures += cold_figures(folds, quick=self.run.quick)
        for name, judged in found.items():
            if name.startswith(CALIBRATION):
                figures += calibration_figures(name.removeprefix(CALIBRATION), judged)
        if self.wants("ctr.4"):
            figures += delay_figures([one for name, told in found.items() if name.startswith(DELAY) for one in told])
        if self.wants("ctr.6.frappe"):
            theirs = next(quality for quality in rivals if quality.model == "DCNv2")
            figures += self._frappe_speed(found[FRAPPE_SPEED], theirs)
        if self.wants("ctr.6.wide"):
            figures += self._wide_speed(found[WIDE_SPEED], found[WIDE_RIVAL])
        if self.wants("ctr.6.memory") and self.run.only != "ctr.6.memory_media":
            rows = QUICK_MEMORY_ROWS if self.run.quick else MEMORY_ROWS
            figures += memory_figures(self.place / "memory", rows, self.run.progress)
        if self.wants("ctr.6.memory_media"):
            rows = QUICK_MEDIA_ROWS if self.run.quick else MEDIA_ROWS
            figures += media_memory_figures(self.place / "memory_media", rows, self.run.progress)
        return figures

    def _beside_fuxictr(self, ours: OurRun, rivals: Sequence[Quality]) -> list[Figure]:
        """Scoring with the first seed's bundle of point 1 beside the best FuxiCTR model of that point."""
        run = self.run
        best = max((quality for quality in rivals if quality.model in FUXICTR), key=lambda quality: quality.auc)
        rival = next(rival for rival in frappe_rivals(best.seed, self.epochs) if rival.model == best.model)
        rounds = QUICK_ROUNDS if run.quick else ROUNDS
        return frappe_figures(
            self.python(), self.frappe, run.cache_dir, ours.bundle, ours.quality, rival, best.auc, rounds, run.progress
        )

    def _frappe_speed(self, ours: Quality, theirs: Quality) -> list[Figure]:
        rival = frappe_rival(RIVAL_SEED, self.epochs)
        speeds = alternating_speeds(
            self.python(), "frappe_speed", self.frappe, rival, self.run.cache_dir, self._speed_rounds, self.run.progress
        )
        what = "training on Frappe, dimension 10, batches of 4,096"
        return speed_figures("frappe", what, speeds, FRAPPE_TIMES, ours, theirs)

    def _wide_speed(self, ours: Quality, theirs: Quality) -> list[Figure]:
        rival = wide_rival(RIVAL_SEED)
        speeds = alternating_speeds(
            self.python(), "wide_speed", self.wide, rival, self.run.cache_dir, self._speed_rounds, self.run.progress
        )
        what = "training 39 fields of dimension 16, the same sizes"
        return speed_figures("wide", what, speeds, WIDE_TIMES, ours, theirs)

    @property
    def _speed_rounds(self) -> int:
        return QUICK_SPEED_ROUNDS if self.run.quick else SPEED_ROUNDS


def bench_ctr(run: BenchRun) -> Sequence[Figure]:
    """All points asked for. Cost: about 40 minutes on two cores, 3 with ``--quick``; a rival's quality is cached."""
    with tempfile.TemporaryDirectory(prefix="adplat-bench-") as name:
        bench = _Bench(run, Path(name))
        return bench.figures(run_parts(bench.parts(), run.progress))


def _ours(files: FrappeFiles, seed: int, place: Path, cache_dir: Path, epochs: int | None) -> OurRun:
    return our_quality(files, seed, place / "bundles" / str(seed), cache_dir, SystemClock(), silent, epochs)


def _speed_quality(config: str, files: FrappeFiles, place: Path, cache_dir: Path, epochs: int | None = None) -> Quality:
    return our_speed_quality(config, files, place / "bundles" / config, cache_dir, SystemClock(), silent, epochs)


def _calibration(name: str, cache_dir: Path, quick: bool) -> Judgement:
    if name == POSTERS:
        return judge_posters(cache_dir, silent, quick=quick)
    return judge_world(name, cache_dir, silent, quick=quick)


def _later(cache_dir: Path, quick: bool) -> list[Judged]:
    return judge_later(cache_dir, silent, quick=quick)


def _cold_fold(number: int, cache_dir: Path, quick: bool) -> Judged:
    return judge_cold_fold(number, cache_dir, silent, quick=quick)


def _delay(world: str, seeds: tuple[int, ...], quick: bool) -> list[DelayResult]:
    return measure_delay_worlds((world,), seeds, silent, quick=quick)
