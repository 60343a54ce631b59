"""A benchmark's claims: one figure each, and whether it holds follows from the figure alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from adplat.domain.errors import InternalFault


@dataclass(frozen=True, slots=True)
class Figure:
    """One claim.

    ``figure_id`` starts with the point it answers (``loop.2.bandit_beats_random``); ``op`` is ``>=``, ``<=`` or
    ``between`` (then ``target`` is ``(low, high)``). ``rival`` names what was measured beside it in the same run.
    """

    figure_id: str
    what: str
    value: float
    unit: str
    op: str
    target: float | tuple[float, float]
    n: int
    seeds: tuple[int, ...] = ()
    interval: tuple[float, float] | None = None
    rival: str = ""
    rival_value: float | None = None

    @property
    def holds(self) -> bool:
        """Whether ``value op target``."""
        if self.op == "between" and isinstance(self.target, tuple):
            return self.target[0] <= self.value <= self.target[1]
        if self.op == ">=" and not isinstance(self.target, tuple):
            return self.value >= self.target
        if self.op == "<=" and not isinstance(self.target, tuple):
            return self.value <= self.target
        raise InternalFault(
            f"figure {self.figure_id} has op {self.op!r} with target {self.target!r}",
            hint="use >=, <= with a number or between with a pair",
        )

    def as_json(self) -> dict[str, Any]:
        """The figure as the command line prints it."""
        content = asdict(self)
        content["id"] = content.pop("figure_id")
        return {"id": content.pop("id"), **content, "holds": self.holds}


def benchmark_document(name: str, machine: str, figures: Sequence[Figure]) -> dict[str, Any]:
    """The one document that ``adplat bench NAME --json`` prints."""
    return {"name": name, "machine": machine, "figures": [figure.as_json() for figure in figures]}
