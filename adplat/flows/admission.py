"""Who comes in when more ask than can be answered: whoever would wait too long is told so at once.

One event loop decides one bid after the other, so a new one waits for all that came before it. How long that takes is
read off the pace at which bids are finished while others wait. Without this a service at twice its capacity answers
everybody late; with it, those who come in are in time and the rest know in milliseconds.
"""

from __future__ import annotations

# Of the time a caller grants, so much may go by waiting; the rest is for the decision itself.
WAITING_SHARE = 0.4
_KEPT = 0.95


class Admission:
    """Counts what is being decided. Belongs to one event loop."""

    def __init__(self) -> None:
        self.deciding = 0
        self._each_ms = 0.0
        self._since_ms = 0.0

    @property
    def wait_ms(self) -> float:
        """Until what is being decided now is done."""
        return self.deciding * self._each_ms

    def may_enter(self, time_left_ms: float | None) -> bool:
        """Whether a new one would begin soon enough; whoever sets no limit always may."""
        return time_left_ms is None or self.wait_ms <= WAITING_SHARE * time_left_ms

    def begin(self, now_ms: float) -> None:
        """One more is being decided; the first after a rest begins to count the time."""
        if not self.deciding:
            self._since_ms = now_ms
        self.deciding += 1

    def end(self, now_ms: float) -> None:
        """One is done; with others waiting, the time since the one before is what each of them takes."""
        self.deciding -= 1
        if self.deciding:
            took_ms = now_ms - self._since_ms
            self._each_ms = took_ms if not self._each_ms else _KEPT * self._each_ms + (1.0 - _KEPT) * took_ms
        self._since_ms = now_ms
