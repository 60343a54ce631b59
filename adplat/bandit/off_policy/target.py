"""What is evaluated: the probabilities of another policy, over all that stood for choice or the chosen alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from adplat.domain import Progress
from adplat.statistics import Float64


@dataclass(frozen=True, slots=True, eq=False)
class TargetBlock:
    """The probabilities of all pairs of the rows ``start`` to ``stop``; those of one row sum to one."""

    start: int
    stop: int
    probabilities: Float64  # (m,) pairs of these rows, in the order of ``Offered``


class Target(Protocol):
    """A policy to evaluate on a given log.

    ``chosen`` are ``(N,)`` its probabilities of the logged actions, or ``None`` where they are found among the
    blocks. ``blocks`` yields those of all pairs in row order, or is ``None`` where only the chosen are known.
    """

    @property
    def chosen(self) -> Float64 | None: ...

    def blocks(self, progress: Progress) -> Iterator[TargetBlock] | None: ...
