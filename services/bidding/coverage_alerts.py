"""How many alerts about forecasts stand, as the latest scoring told: for ``/metrics``."""

from __future__ import annotations

from adplat.domain import JobQueue, JobState
from adplat.flows.watch_forecasts import SCORE

_EVERY_S = 60.0


class CoverageAlerts:
    """Reads the latest result of the job ``score-forecasts``, once a minute."""

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue
        self._read_at_s: float | None = None
        self._standing: int | None = None

    def standing(self, now_s: float) -> int | None:
        """``None`` before the first scoring. Raises StoreUnreachable."""
        if self._read_at_s is None or now_s - self._read_at_s >= _EVERY_S:
            latest = self._queue.jobs([JobState.DONE], kind=SCORE, limit=1)
            result = latest[0].result if latest else None
            self._standing = None if result is None else len(result["alerts"])
            self._read_at_s = now_s
        return self._standing
