"""How soon a brief is at thirteen sizes, and a creative is reviewed."""

from __future__ import annotations

import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from adplat.artwork import made_chain, read_chain
from adplat.data import load_placements
from adplat.domain import Brief, Figure, InternalFault
from adplat.flows.bench_generation_drafts import product_of, usable_briefs
from adplat.flows.bench_real import real_data_folder
from adplat.flows.bench_run import BenchRun
from adplat.flows.draft_attempt import Attempt, DraftTools, Order, attempt, review_attempt
from adplat.flows.draft_makers import copywriter_named, painter_named
from adplat.flows.tiny_pipeline import write_tiny_pipeline
from adplat.generation import Cutout, DiffusersPainter, DiffusionSettings
from adplat.generation.variants import Variant

ROUNDS, LANES = 5, 2
_ELEMENTS = {"headline": "0", "cta": "0", "template": "side", "background": "studio", "palette": "light"}


def speed_figures(_: BenchRun) -> list[Figure]:
    """``generation.2``: medians of rounds, wall clock. Raises MissingInput without the product pictures."""
    folder = real_data_folder() / "product_images" / "fashion"
    [brief] = usable_briefs(folder, 1)
    product = product_of(folder / "images" / brief.product.image_path)
    tools = _tools()
    drafted, reviewed = [], []
    for seed in range(ROUNDS + 1):
        start = time.perf_counter()
        made = thirteen_sizes(brief, product, tools, seed)
        drafted.append(time.perf_counter() - start)
        for one in made:
            start = time.perf_counter()
            review_attempt(one, reads_letters=False)
            reviewed.append((time.perf_counter() - start) * 1000.0)
    drafted, reviewed = drafted[1:], reviewed[len(made) :]  # the first round loads fonts and classifiers
    return [
        Figure(
            "generation.2.sizes",
            f"one brief to {len(made)} sizes: words, ground, layout, file and seal; {LANES} threads",
            statistics.median(drafted),
            "s",
            "<=",
            2.0,
            n=len(drafted),
            interval=(min(drafted), max(drafted)),
        ),
        Figure(
            "generation.2.review",
            "one creative reviewed, letters not read",
            statistics.median(reviewed),
            "ms",
            "<=",
            200.0,
            n=len(reviewed),
            interval=(min(reviewed), max(reviewed)),
        ),
    ]


def painter_figures(_: BenchRun) -> list[Figure]:
    """``generation.5``: a tiny pipeline written, loaded and painting one creative, from nothing."""
    folder = real_data_folder() / "product_images" / "fashion"
    [brief] = usable_briefs(folder, 1)
    product = product_of(folder / "images" / brief.product.image_path)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="adplat-tiny-") as made:
        write_tiny_pipeline(Path(made) / "model")
        settings = DiffusionSettings(
            str(Path(made) / "model"), licence="own weights", commercial_use=True, steps=2, work_px=64,
            local_only=True, device="cpu",
        )  # fmt: skip
        tools = replace(_tools(), painter=DiffusersPainter(settings))
        rules = load_placements()["iab_300x250"]
        found = attempt(Order(brief, rules, "en", Variant(_ELEMENTS), 0, 1), tools, product, None, 0)
    seconds = time.perf_counter() - start
    if not isinstance(found, Attempt) or not found.draft.makings[0].model:
        raise InternalFault("the tiny pipeline painted nothing", hint="run tests/generation/test_diffusion.py")
    what = "a tiny random pipeline written, loaded and painting one sealed creative, imports included"
    return [Figure("generation.5.tiny", what, seconds, "s", "<=", 30.0, n=1)]


def thirteen_sizes(brief: Brief, product: Cutout, tools: DraftTools, seed: int) -> list[Attempt]:
    """All sizes of a brief at one seed, unreviewed."""
    placements = load_placements()
    variant = Variant(_ELEMENTS)

    def one(name: str) -> Attempt | tuple[object, ...]:
        return attempt(Order(brief, placements[name], "en", variant, seed, 1), tools, product, None, seed)

    with ThreadPoolExecutor(LANES) as lanes:
        found = list(lanes.map(one, brief.placements))
    return [made for made in found if isinstance(made, Attempt)]


def _tools() -> DraftTools:
    chain = read_chain(made_chain(datetime.now(UTC)), "bench")
    return DraftTools(copywriter_named("template", Path()), painter_named("procedural"), chain)
