"""Parts of a benchmark that are judged and not timed: each in a process of its own, two at a time."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any

from adplat.domain import Progress

LANES = 2


@dataclass(frozen=True)
class Part:
    """``work(*told)`` under a name; both cross into another process, so ``work`` is a function of a module."""

    name: str
    work: Callable[..., Any]
    told: tuple[Any, ...] = field(default=())


def run_parts(parts: Sequence[Part], progress: Progress, told: str = "models trained and judged") -> dict[str, Any]:
    """What each part gave, by name, in the order of ``parts``; ``told`` names the progress bar.

    The first failure ends them all and is raised.
    """
    if not parts:
        return {}
    found: dict[str, Any] = {}
    progress(0, len(parts), told)
    with ProcessPoolExecutor(max_workers=LANES, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(part.work, *part.told): part.name for part in parts}
        try:
            for done, future in enumerate(as_completed(waiting), start=1):
                found[waiting[future]] = future.result()
                progress(done, len(parts), f"{told}: {waiting[future]} done")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return {part.name: found[part.name] for part in parts}
