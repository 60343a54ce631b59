"""What every benchmark is told."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from adplat.domain import Clock, Progress


@dataclass(frozen=True)
class BenchRun:
    """``only``: ids of wanted figures start with it; ``cache_dir`` may be deleted between runs, never within one."""

    clock: Clock
    progress: Progress
    quick: bool
    only: str
    cache_dir: Path

    def wants(self, prefix: str) -> bool:
        """Whether any figure whose id starts with ``prefix`` can have been asked for."""
        return prefix.startswith(self.only) or self.only.startswith(prefix)


def silent(done: int, total: int, what: str) -> None:
    """The progress of a child process: it draws no bars, its parent counts finished parts."""
