"""What a score costs on one thread, ours and FuxiCTR's, in alternating rounds of one run.

Both sides start from ready arrays of one request, warm: 1,000 candidates of one user. Ours answers calibrated
probabilities of the served graphs; the rival's is its torch forward pass. Nothing timed here is ever cached.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from adplat.ctr import KeptBundle
from adplat.data import configs_folder, load_side_tables, read_table
from adplat.domain import Clock, Figure, Progress
from adplat.features import ItemBlock, RowArrays
from adplat.flows.bench_ctr_frappe import LABEL, FrappeFiles
from adplat.flows.rival_process import RivalProcess
from adplat.flows.rival_quality import Quality, Rival, request_of
from adplat.flows.simulate_world import simulate_world
from adplat.flows.train_model import train_model

FEW, MANY, SOME = 32, 1000, 200
ROUNDS, QUICK_ROUNDS = 9, 3
ROUND_S = 0.5
P50_MS, TIMES_FASTER, AUC_WITHIN, ONCE_TIMES, ONCE_EQUAL = 0.30, 20.0, 0.001, 2.0, 1e-6


@dataclass(frozen=True)
class Request:
    """One user's candidates as ready arrays of a catalogue whose item side the scorer remembers."""

    kept: KeptBundle
    items: ItemBlock
    rows: RowArrays

    def first(self, count: int) -> Request:
        """The same request with fewer candidates."""
        rows = self.rows
        part = RowArrays(
            item=rows.item[:count],
            categorical=rows.categorical[:count],
            bags=rows.bags[:count],
            numeric=rows.numeric[:count],
            history=rows.history[:count],
            user=rows.user[:count],
        )
        return Request(self.kept, self.items, part)

    def score(self) -> np.ndarray:
        """Calibrated pCTR (N,), the user computed once."""
        return self.kept.scorer.score(self.rows, self.items).p_ctr

    def score_tiled(self) -> np.ndarray:
        """The same with user and item sides computed for every row."""
        return self.kept.scorer.score_tiled(self.rows, self.items).p_ctr


def as_request(kept: KeptBundle, items: ItemBlock, one: RowArrays, count: int) -> Request:
    """``count`` items of the catalogue, drawn by lot with a fixed seed, for the user of the single row ``one``."""
    drawn = np.random.default_rng(0).integers(1, len(items.hashes), count).astype(np.int32)

    def seen_by_all(part: np.ndarray) -> np.ndarray:
        return np.broadcast_to(part[0], (count, *part.shape[1:]))

    rows = RowArrays(
        item=drawn,
        categorical=seen_by_all(one.categorical),
        bags=seen_by_all(one.bags),
        numeric=seen_by_all(one.numeric),
        history=seen_by_all(one.history),
        user=seen_by_all(one.user),
    )
    return Request(kept, items, rows)


def frappe_request(bundle: Path, files: FrappeFiles) -> Request:
    """The user and context of the first reported row, 1,000 candidates."""
    kept = KeptBundle.open(bundle)
    row = read_table(files.report).head(1).drop(LABEL)
    one = kept.scorer.encoding.row_arrays(row, {}, kept.items, kept.histories)
    return as_request(kept, kept.items, one, MANY)


def media_request(place: Path, cache_dir: Path, clock: Clock, progress: Progress) -> Request:
    """A small simulated world, a model with histories, images and texts, and a user with a past."""
    world = place / "world"
    simulate_world(configs_folder() / "worlds" / "small.yaml", world, progress=progress)
    config = configs_folder() / "bench" / "history_and_media.yaml"
    outcome = train_model(config, world, place / "media", cache_dir=cache_dir, clock=clock, progress=progress)
    kept = KeptBundle.open(Path(outcome.bundle.path))
    tables = load_side_tables(kept.schema, world)
    users, encoding = tables["users"], kept.scorer.encoding
    known = dict(encoding.known_users(users, kept.histories))
    longest = max(known.values(), key=lambda user: int((user.history > 0).sum()))
    one = encoding.candidate_rows(longest, {}, kept.items, np.zeros(1, np.int32))
    return as_request(kept, kept.items, one, SOME)


def call_ms(work: Callable[[], object], seconds: float) -> list[float]:
    """Milliseconds of each call within ``seconds``, after one that warms up."""
    work()
    taken: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until or not taken:
        start = time.perf_counter()
        work()
        taken.append(1e3 * (time.perf_counter() - start))
    return taken


@dataclass(frozen=True)
class Rounds:
    """Medians of alternating rounds, in milliseconds."""

    ours: tuple[float, ...]
    theirs: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """How many times faster we are, a round each."""
        return tuple(theirs / ours for ours, theirs in zip(self.ours, self.theirs, strict=True))


def alternate(
    ours: Callable[[], Sequence[float]], theirs: Callable[[], Sequence[float]], rounds: int, progress: Progress
) -> Rounds:
    """Run both sides in turn; each call gives the milliseconds of its calls."""
    first, second = [], []
    for number in range(rounds):
        first.append(float(np.median(ours())))
        second.append(float(np.median(theirs())))
        progress(number + 1, rounds, "timing rounds")
    return Rounds(tuple(first), tuple(second))


def frappe_figures(
    python: Path,
    files: FrappeFiles,
    cache_dir: Path,
    bundle: Path,
    ours: Quality,
    best: Rival,
    best_auc: float,
    rounds: int,
    progress: Progress,
) -> list[Figure]:
    """32 candidates, 1,000 candidates beside the rival, and that the same bundle ranks as well."""
    many = frappe_request(bundle, files)
    few = many.first(FEW)
    with RivalProcess(python, cache_dir / "rivals" / "forward.log") as process:
        told = process.ask("open", split="report", rows=MANY, **request_of(best, files, cache_dir))
        beside = alternate(
            lambda: call_ms(many.score, ROUND_S),
            lambda: process.ask("forward", seconds=ROUND_S)["ms"],
            rounds,
            progress,
        )
    small = [float(np.median(call_ms(few.score, ROUND_S))) for _ in range(rounds)]
    rival = f"FuxiCTR {best.model}, {told['parameters']:,} parameters"
    return [
        Figure(
            "ctr.5.p50_32",
            "median of scoring 32 candidates of one user, one thread (range of rounds)",
            float(np.median(small)),
            "ms",
            "<=",
            P50_MS,
            n=rounds,
            interval=(min(small), max(small)),
        ),
        Figure(
            "ctr.5.speed_1000",
            f"1,000 candidates, times faster ({np.median(beside.ours):.3f} against {np.median(beside.theirs):.2f} ms)",
            float(np.median(beside.ratios)),
            "times",
            ">=",
            TIMES_FASTER,
            n=rounds,
            interval=(min(beside.ratios), max(beside.ratios)),
            rival=rival,
            rival_value=1.0,
        ),
        Figure(
            "ctr.5.auc",
            "AUC of that very bundle on the reported half, beside that very rival",
            ours.auc,
            "AUC",
            ">=",
            best_auc - AUC_WITHIN,
            n=ours.rows,
            seeds=(ours.seed,),
            rival=rival,
            rival_value=best_auc,
        ),
    ]


def user_once_figures(request: Request, rounds: int, progress: Progress) -> list[Figure]:
    """The user computed once beside everything computed for every row, and that both say the same."""
    figures = []
    for count in (FEW, SOME):
        part = request.first(count)
        beside = alternate(
            lambda: call_ms(part.score, ROUND_S),  # noqa: B023 - called within this turn of the loop
            lambda: call_ms(part.score_tiled, ROUND_S),  # noqa: B023
            rounds,
            progress,
        )
        figures.append(
            Figure(
                f"ctr.5.user_once_{count}",
                f"{count} candidates with history, image and text: times faster than with user and items for every row"
                f" ({np.median(beside.ours):.3f} ms against {np.median(beside.theirs):.2f} ms)",
                float(np.median(beside.ratios)),
                "times",
                ">=",
                ONCE_TIMES,
                n=rounds,
                interval=(min(beside.ratios), max(beside.ratios)),
                rival="our own tiled graphs",
                rival_value=1.0,
            )
        )
    difference = float(np.abs(request.score() - request.score_tiled()).max())
    figures.append(
        Figure(
            "ctr.5.user_once_equal",
            f"largest difference of the two over {len(request.rows)} candidates",
            difference,
            "probability",
            "<=",
            ONCE_EQUAL,
            n=len(request.rows),
        )
    )
    return figures
