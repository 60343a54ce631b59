"""How much of what a policy would do the log did, or could have done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares, 0 to 1, of the policy's probability.

    ``never_taken`` lies on actions that no row of the log took in that slot; ``impossible`` on candidates to which
    the logging policy gave no probability. ``None`` where the log or the policy does not tell.
    """

    never_taken: float | None = None
    impossible: float | None = None
