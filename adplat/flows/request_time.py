"""The time one request has, against what its steps usually take; the steps teach what they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adplat.domain import Counts
from adplat.market import TimeBudget, next_quantile_ms

# Before the first observation a step is taken to need this.
_FIRST_GUESS_MS = 1.0


class StepTimes:
    """What each step takes in its slow cases (the 99th percentile), followed as requests run. One thread's.

    Args:
        counts: where each case is counted as well, in a histogram below ``series`` and the name of the step.
    """

    def __init__(self, counts: Counts | None = None, series: str = "") -> None:
        self._counts, self._series = counts, series
        self._slow_ms: dict[str, float] = {}

    @property
    def slow_ms(self) -> Mapping[str, float]:
        """By step."""
        return self._slow_ms

    def of(self, step: str) -> float:
        """What to expect of a step."""
        return self._slow_ms.get(step, _FIRST_GUESS_MS)

    def observe(self, step: str, took_ms: float) -> None:
        """One more case."""
        self._slow_ms[step] = next_quantile_ms(max(self.of(step), 1e-3), took_ms)
        if self._counts is not None:
            self._counts.took(self._series, step, seconds=took_ms / 1000.0)


class RequestTime:
    """One request's clock. ``budget`` ``None``: the caller did not say how long it waits.

    ``taken`` gets each step that was done, with the moments at which it began and ended.

    Example::

        time = RequestTime(steps, TimeBudget(arrived_ms, 100.0, reserve_ms=10.0), now_ms)
        if time.fits("state"):
            ...
            time.done("state")
    """

    def __init__(
        self,
        steps: StepTimes,
        budget: TimeBudget | None,
        now_ms: Callable[[], float],
        taken: list[tuple[str, float, float]] | None = None,
    ) -> None:
        self._steps, self._budget, self._now_ms = steps, budget, now_ms
        self._since_ms = now_ms()
        self._taken = taken

    def fits(self, step: str) -> bool:
        """Whether there is time for this step, as slow as it sometimes is; its time begins now."""
        self._since_ms = self._now_ms()
        return self._budget is None or self._budget.fits(self._since_ms, self._steps.of(step))

    def done(self, step: str) -> None:
        """The step that was asked about last is over."""
        until_ms = self._now_ms()
        self._steps.observe(step, until_ms - self._since_ms)
        if self._taken is not None:
            self._taken.append((step, self._since_ms, until_ms))

    def left_s(self) -> float | None:
        """Until the answer has to leave; ``None`` without limit."""
        return None if self._budget is None else self._budget.left_ms(self._now_ms()) / 1000.0
