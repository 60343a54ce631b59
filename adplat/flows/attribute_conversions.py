"""Gives conversions to the click or showing that led to them.

The fold keeps touches in order of the time at which they happened, and lets conversions wait. What is done here may be
done at any moment, by anybody, after any kill: settling a conversion is one atomic step that puts it on the stream once
more, with its credit, and the fold counts it from there.

A conversion is attributed among the touches that came to the stream no later than ``grace_s`` after it did. The fold
has passed that place before it is decided, so credit is a function of the stream alone: neither the order in which
things came within the grace, nor repetition, nor how the stream was cut into batches changes it.

One that names a decision which was clicked within the window is settled at once: no later touch could change that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from adplat.domain import (
    ConversionState,
    Credit,
    EventKind,
    StreamPosition,
    Touch,
    WaitingConversion,
)
from adplat.flows.fold_events import FoldProgress
from adplat.market import last_touch


@dataclass(frozen=True, slots=True)
class AttributionProgress:
    """What one look did; ``left`` says that more conversions than ``limit`` were to be looked at."""

    attributed: int = 0
    out_of_window: int = 0
    unattributed: int = 0
    left: bool = False

    @property
    def settled(self) -> int:
        """How many conversions got their credit, or were found to have none."""
        return self.attributed + self.out_of_window + self.unattributed


def folded_ms(progress: FoldProgress, now: datetime) -> int:
    """The moment up to which everything that came to the stream is folded.

    ``now`` is to be from before the fold, and tells where nothing was left to read. A clock that is ahead of the
    server's shortens the grace by as much.
    """
    if progress.entries or progress.lost_race:
        return progress.folded_to.milliseconds - 1  # the rest of that millisecond may still be to come
    return round(now.timestamp() * 1000)


def attribute_conversions(
    state: ConversionState, upto_ms: int, grace_s: float, *, limit: int = 1000
) -> AttributionProgress:
    """Settle up to ``limit`` conversions of those that are to be looked at by ``upto_ms`` (see ``folded_ms``).

    Raises StoreUnreachable; nothing is lost and the next call goes on from there.
    """
    waiting = state.due(upto_ms, limit)
    grace_ms = round(grace_s * 1000)
    until_ms = {one.position: one.position.milliseconds + grace_ms for one in waiting}
    is_last_look = {place: upto_ms >= ends_ms for place, ends_ms in until_ms.items()}
    looked_at = [one for one in waiting if is_last_look[one.position] or one.decision is not None]
    credited: list[tuple[StreamPosition, Credit, str]] = []
    for one, touch in zip(looked_at, _last_touches(state, looked_at, until_ms), strict=True):
        is_final = one.decision is not None and touch is not None and touch.kind is EventKind.CLICK
        if is_final or is_last_look[one.position]:
            credited.append((one.position, _credit_of(one, touch), "" if touch is None else touch.decision_id))
    settled = {place for place, _, _ in credited}
    state.postpone({place: ends_ms for place, ends_ms in until_ms.items() if place not in settled})
    state.settle(credited)
    given = [credit for _, credit, _ in credited]
    return AttributionProgress(
        attributed=sum(credit.counts for credit in given),
        out_of_window=given.count(Credit.OUT_OF_WINDOW),
        unattributed=given.count(Credit.UNATTRIBUTED),
        left=len(waiting) == limit,
    )


def _credit_of(conversion: WaitingConversion, touch: Touch | None) -> Credit:
    if touch is not None:
        return Credit.CLICK if touch.kind is EventKind.CLICK else Credit.VIEW
    return Credit.UNATTRIBUTED if conversion.decision is None else Credit.OUT_OF_WINDOW


def _last_touches(
    state: ConversionState, conversions: Sequence[WaitingConversion], until_ms: dict[StreamPosition, int]
) -> list[Touch | None]:
    """Of each the touch that leads to it, among those whose decision is not forgotten."""
    if not conversions:
        return []
    in_time = [
        [touch for touch in touches if touch.arrived_ms <= until_ms[one.position]]
        for one, touches in zip(conversions, state.touches_before(conversions), strict=True)
    ]
    while True:
        found = [last_touch(one.event, touches) for one, touches in zip(conversions, in_time, strict=True)]
        # What names its decision brought it along.
        asked = {
            touch.decision_id
            for one, touch in zip(conversions, found, strict=True)
            if one.decision is None and touch is not None
        }
        gone = asked - state.known_decisions(sorted(asked)) if asked else set()
        if not gone:
            return found
        in_time = [[touch for touch in touches if touch.decision_id not in gone] for touches in in_time]
